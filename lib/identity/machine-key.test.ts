import { afterEach, expect, it, vi } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { apiKeyHash, isApiKeyShaped, newApiKey } from './api-key-format.ts';
import { actorOfMachineKey, machineKey } from './machine-key.run.ts';

function withSecret(secret: string): void {
  vi.stubEnv('NEXTAUTH_SECRET', secret.repeat(32));
  forgetEnv();
}
afterEach(() => {
  vi.unstubAllEnvs();
  forgetEnv();
});

it('is the same in every process of an installation, another in every other, and reads flags only [ROL-4]', () => {
  withSecret('a');
  const key = machineKey();
  expect(isApiKeyShaped(key)).toBe(true);
  expect(machineKey()).toBe(key);
  expect(actorOfMachineKey(apiKeyHash(key))).toMatchObject({
    kind: 'system',
    scopes: ['read:flags'],
    roles: [],
  });
  expect(actorOfMachineKey(apiKeyHash(newApiKey(['read:flags']).key))).toBeNull();
  withSecret('b');
  expect(actorOfMachineKey(apiKeyHash(key))).toBeNull();
});
