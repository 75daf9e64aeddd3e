import { afterAll, vi } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';

// Several test files follow each other in one process: each begins with the environment, the connections and the memory
// that it would have in a process of its own, whatever the one before it forgot to put back.
const found = { ...process.env };

afterAll(async () => {
  vi.unstubAllEnvs();
  await disconnectDatabase();
  for (const name of Object.keys(process.env))
    if (!(name in found)) Reflect.deleteProperty(process.env, name);
  Object.assign(process.env, found);
  forgetEnv();
  // What is kept for the whole process is kept under such names, in maps: of databases that are gone by now.
  for (const [name, kept] of Object.entries(globalThis))
    if (name.startsWith('phasegate') && kept instanceof Map) kept.clear();
});
