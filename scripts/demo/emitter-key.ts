import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '#lib/files/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { createApiKey, listApiKeys } from '#lib/identity/server.ts';

const KeySchema = z.strictObject({ id: z.string(), key: z.string() });

/** The API key the live emitter sends with: made once, kept in `<dir>/emitter-key.json` (0600), replaced if revoked. */
export async function ensureEmitterKey(dir: string, now: Date): Promise<string> {
  const file = join(dir, 'emitter-key.json');
  if (existsSync(file)) {
    const kept = KeySchema.parse(JSON.parse(await readFile(file, 'utf8')));
    const known = (await listApiKeys()).find(({ id }) => id === kept.id);
    if (known !== undefined && known.revokedAt === null) return kept.key;
  }
  const made = await createApiKey(
    { name: 'Demo: live telemetry', scopes: ['ingest:events'] },
    SYSTEM_ACTOR,
    now,
  );
  const kept = JSON.stringify({ id: made.summary.id, key: made.key });
  await writeFileAtomically(file, kept, { privately: true });
  return made.key;
}
