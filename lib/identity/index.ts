export { type Actor, cliActor, SYSTEM_ACTOR } from './actor.ts';
export { safeReturnPath } from './callback-url.ts';
export { type ApiKeySummary, type CreateApiKey, CreateApiKeySchema } from './keys.schema.ts';
export { can } from './permissions.ts';
export { clientAddress, crossSiteRefusal, type HeaderReader } from './request-origin.ts';
export { API_SCOPES, type ApiScope } from './scopes.ts';
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
