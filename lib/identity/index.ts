export { type Actor, cliActor, SYSTEM_ACTOR } from './actor.ts';
export { safeReturnPath } from './callback-url.ts';
export { hasKeyInAddress } from './key-in-address.ts';
export {
  type ApiKeySummary,
  type CreateApiKey,
  CreateApiKeySchema,
  type CreatePersonalKey,
  CreatePersonalKeySchema,
} from './keys.schema.ts';
export { can } from './permissions.ts';
export { clientAddress, crossSiteRefusal, type HeaderReader } from './request-origin.ts';
export { type ApiScope, PERSONAL_SCOPE, PROGRAM_SCOPES, type ProgramScope } from './scopes.ts';
export {
  type CreateUser,
  CreateUserSchema,
  isSlackUserId,
  LinkSlackSchema,
  PASSWORD_MIN_LENGTH,
  type Setup,
  SetupSchema,
  type UpdateUser,
  UpdateUserSchema,
  type UserSummary,
} from './users.schema.ts';
