export { type Actor, ActorSchema, cliActor, SYSTEM_ACTOR } from './actor.ts';
export { safeCallbackUrl, safeReturnPath } from './callback-url.ts';
export { type ApiKeySummary, type CreateApiKey, CreateApiKeySchema } from './keys.schema.ts';
export { administratorRoles, can, permissionsOf } from './permissions.ts';
export { clientAddress, crossSiteRefusal, type HeaderReader, requestOrigin } from './request-origin.ts';
export { API_SCOPES, type ApiScope, ApiScopeSchema } from './scopes.ts';
export {
  type CreateUser,
  CreateUserSchema,
  PASSWORD_MIN_LENGTH,
  type Setup,
  SetupSchema,
  type UpdateUser,
  UpdateUserSchema,
  type UserSummary,
} from './users.schema.ts';
