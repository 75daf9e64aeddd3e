import { randomBytes } from 'node:crypto';
import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { writeFileAtomically } from '#lib/files/server.ts';

const SecretsSchema = z.strictObject({
  nextauthSecret: z.string().min(32),
  inngestSigningKey: z.string().startsWith('signkey-'),
  inngestEventKey: z.string().min(16),
});
type Secrets = z.infer<typeof SecretsSchema>;

/**
 * The secrets of one instance, made at its first start and kept in `secrets.json` (mode 0600).
 * Errors: the file exists but holds something else; it is never replaced silently, since sessions depend on it.
 */
export async function ensureSecrets(dir: string): Promise<Secrets> {
  const file = join(dir, 'secrets.json');
  if (existsSync(file)) {
    const parsed = SecretsSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    if (!parsed.success) throw new Error(`${file} is not usable: ${z.prettifyError(parsed.error)}`);
    return parsed.data;
  }
  const secrets: Secrets = {
    nextauthSecret: randomBytes(32).toString('hex'),
    inngestSigningKey: `signkey-prod-${randomBytes(32).toString('hex')}`,
    inngestEventKey: randomBytes(24).toString('hex'),
  };
  await writeFileAtomically(file, JSON.stringify(secrets, null, 2), { privately: true });
  return secrets;
}
