export {
  createApiKey,
  createPersonalKey,
  listApiKeys,
  listPersonalKeys,
  longestLifeDays,
  personOfKey,
  revokeApiKey,
} from './api-key.store.ts';
export { handleAuth } from './auth-handler.run.ts';
export { authenticateApiKey, authenticateSession } from './authenticate.run.ts';
export { currentActor, requireActor } from './current-actor.run.ts';
export { type DemoSignIn, offeredDemoAccounts, seedDemoAccounts } from './demo.store.ts';
export { machineKey } from './machine-key.run.ts';
export { changeOwnPassword, passwordHolder } from './own-password.run.ts';
export { personNow } from './person.store.ts';
export {
  hasAdministrator,
  isSetupTokenValid,
  issueSetupToken,
  redeemSetupToken,
  type SetupLink,
} from './setup.store.ts';
export { linkSlackUser, personOfSlackUser, unlinkSlackUser } from './slack-account.store.ts';
export { actorOfStreamTicket, streamTicket } from './stream-ticket.run.ts';
export { createUser, listNewestUsers, listUsers, updateUser } from './user.store.ts';
