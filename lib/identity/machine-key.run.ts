import { createHmac } from 'node:crypto';
import { env } from '#lib/config/server.ts';
import type { Actor } from './actor.ts';
import { apiKeyHash, newApiKey } from './api-key-format.ts';

const MACHINE_READER: Actor = {
  kind: 'system',
  id: 'system:proof',
  name: 'Phasegate',
  roles: [],
  scopes: ['read:flags'],
};

/**
 * The key with which Phasegate asks its own flag endpoint, as any client would, to prove a step. It follows from the secret
 * of this installation, so that every process has the same one and none has to keep it. It reads flags and nothing else.
 * Errors: the environment's.
 */
export function machineKey(): string {
  const seed = createHmac('sha256', env().nextauthSecret).update('machine-key:read:flags').digest();
  return newApiKey(['read:flags'], () => seed).key;
}

/** Phasegate itself where the key of this hash is its own, else null. Hashes of secrets: nothing is learnt from timing. */
export function actorOfMachineKey(keySha256: string): Actor | null {
  return keySha256 === apiKeyHash(machineKey()) ? MACHINE_READER : null;
}
