import { createHash } from 'node:crypto';
import { chmod, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetEnv } from '#lib/config/server.ts';
import { applyMigrations, database, disconnectDatabase } from '#lib/database/server.ts';
import { canonicalJson } from '#lib/evidence/index.ts';
import { checkAuditChain, exportAudit } from '#lib/evidence/server.ts';
import { ensurePostgres } from '../machine/postgres.ts';
import type { Bench } from './figure.ts';

const ENTRIES = 100_000;
const BATCH = 5_000;
const MEGABYTE = 1_000_000;

/** How long a trail of 100,000 entries takes to be checked and exported, and what of it is in memory meanwhile. */
export const auditBench: Bench = async ({ say }) => {
  const dir = await mkdtemp(join(tmpdir(), 'phasegate-bench-audit-'));
  await chmod(dir, 0o755); // as root, the database server's own user must be able to enter it
  const postgres = await ensurePostgres({ dir: join(dir, 'server') });
  try {
    Object.assign(process.env, { DATABASE_URL: postgres.url, LOG_LEVEL: 'warn' });
    forgetEnv();
    await applyMigrations(postgres.url);
    await writeTrail();
    say(`a trail of ${ENTRIES} entries`);
    await exportedBytes(); // the pool and the code are warm, as in a server that runs
    const memoryBefore = process.memoryUsage().rss;
    let mostMemory = memoryBefore;
    const begun = performance.now();
    const { fault, checkedCount } = await checkAuditChain(new Date(), () => {
      mostMemory = Math.max(mostMemory, process.memoryUsage().rss);
    });
    const checkedMs = performance.now() - begun;
    if (fault || checkedCount !== ENTRIES) throw new Error('the trail that was written does not hold');
    const exportBegun = performance.now();
    const bytes = await exportedBytes();
    const exportMs = performance.now() - exportBegun;
    return [
      {
        id: 'audit.verify_s',
        value: checkedMs / 1000,
        unit: 's',
        reach: null,
        note: `every hash of ${ENTRIES} entries`,
      },
      {
        id: 'audit.verify_memory_mb',
        value: (mostMemory - memoryBefore) / MEGABYTE,
        unit: 'MB',
        reach: { atMost: 128 },
        note: 'what the process grew by meanwhile; a trail is never in memory at once',
      },
      {
        id: 'audit.export_mb_per_s',
        value: bytes / MEGABYTE / (exportMs / 1000),
        unit: 'MB/s',
        reach: null,
        note: `${Math.round(bytes / MEGABYTE)} MB of NDJSON`,
      },
    ];
  } finally {
    await disconnectDatabase();
    await postgres.stop();
    await rm(dir, { recursive: true, force: true });
  }
};

/** By the documented rule (docs/audit.md): one by one they would be as long as a year's acts. */
async function writeTrail(): Promise<void> {
  let prevHash = '0'.repeat(64);
  for (let first = 1; first <= ENTRIES; first += BATCH) {
    const rows = Array.from({ length: BATCH }, (_, i) => {
      const seq = first + i;
      const at = new Date(Date.UTC(2026, 0, 1) + seq * 60_000);
      const entry = {
        seq,
        at: at.toISOString(),
        actorId: `user:${seq % 20}`,
        actorName: '佐藤 花子',
        action: `rollout.act_${seq % 60}`,
        subject: `rollout:${seq % 12}`,
        reason: 'なぜなら、この変更は必要です',
        details: { n: seq, phase: 'A', policyHash: 'f'.repeat(64), heldBy: ['approvals', 'checklist'] },
      };
      const hash = createHash('sha256')
        .update(`${prevHash}\n${canonicalJson(entry)}`)
        .digest('hex');
      const row = { ...entry, seq: BigInt(seq), at, prevHash, hash };
      prevHash = hash;
      return row;
    });
    await database().auditEntry.createMany({ data: rows });
  }
  await database().$executeRaw`VACUUM ANALYZE audit_entry`;
}

async function exportedBytes(): Promise<number> {
  let bytes = 0;
  for await (const piece of exportAudit('ndjson', {})) bytes += Buffer.byteLength(piece);
  return bytes;
}
