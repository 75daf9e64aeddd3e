export { createApiKey, listApiKeys, revokeApiKey } from './api-key.store.ts';
export { authenticateApiKey, authenticateSession } from './authenticate.run.ts';
export { currentActor, requireActor } from './current-actor.run.ts';
