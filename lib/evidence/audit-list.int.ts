import { execFileSync } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Client } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { entryHash, GENESIS_HASH } from './audit-chain.ts';
import type { AuditEntry } from './audit-entry.schema.ts';
import { type AuditFilter, AuditQuerySchema, ChainedEntrySchema } from './index.ts';
import { checkAuditChain, exportAudit, listAudit } from './server.ts';

// More than two batches of a walk.
const COUNT = 1201;
const NOW = new Date('2026-11-21T12:00:00.000Z');
const BEGIN_MS = Date.parse('2026-11-20T00:00:00.000Z');
let url = '';

const entryAt = (seq: number): AuditEntry => ({
  seq,
  at: new Date(BEGIN_MS + seq * 60_000).toISOString(),
  actorId: `user:${seq % 3}`,
  actorName: ['佐藤 花子', 'Ken 100%', 'Mio'][seq % 3] ?? '',
  action: seq % 2 === 0 ? 'rollout.promoted' : 'rollout_note',
  subject: seq % 5 === 0 ? 'rollout:autosave-merge' : 'rollout:autosave',
  reason: seq === 700 ? 'p95 は 50%_ 下がった' : 'なぜなら',
  details: { n: seq, small: 1e-7, nested: { z: 1.5, a: [true, null, 'é\u2028'] } },
});

beforeAll(async () => {
  ({ url } = await testDatabase());
  let prevHash = GENESIS_HASH;
  const rows = Array.from({ length: COUNT }, (_, i) => {
    const entry = entryAt(i + 1);
    const hash = entryHash(prevHash, entry);
    const row = { ...entry, seq: BigInt(entry.seq), at: new Date(entry.at), prevHash, hash };
    prevHash = hash;
    return row;
  });
  await database().auditEntry.createMany({ data: rows });
});
afterAll(disconnectDatabase);

const list = (query: object) => listAudit(AuditQuerySchema.parse(query));
const exported = async (filter: AuditFilter, format: 'ndjson' | 'csv' = 'ndjson') => {
  const pieces: string[] = [];
  for await (const piece of exportAudit(format, filter)) pieces.push(piece);
  return pieces;
};
const numbers = (rows: readonly { seq: number }[]) => rows.map(({ seq }) => seq);

describe('the audit trail as a list', () => {
  it('is read newest first, a page at a time, each entry once [OPS-20]', async () => {
    const seen: number[] = [];
    for (let before: number | null = COUNT + 1; before !== null; ) {
      const page: Awaited<ReturnType<typeof list>> = await list({ before, limit: 500 });
      seen.push(...numbers(page.rows));
      before = page.nextBefore;
    }
    expect(seen).toEqual(Array.from({ length: COUNT }, (_, i) => COUNT - i));
  });

  it.each([
    ['one subject and none that begins like it', { subject: 'rollout:autosave' }, (n: number) => n % 5 !== 0],
    ['every subject of a kind', { subject: 'rollout:' }, () => true],
    ['one action', { action: 'rollout.promoted' }, (n: number) => n % 2 === 0],
    ['actions of a kind, where _ and . are no wildcards', { action: 'rollout.' }, (n: number) => n % 2 === 0],
    ['part of a name, in whatever case', { actor: 'KEN 100%' }, (n: number) => n % 3 === 1],
    ['an id', { actor: 'user:2' }, (n: number) => n % 3 === 2],
    ['words of a reason, taken as they are', { text: '50%_ 下' }, (n: number) => n === 700],
    ['words of the details', { text: '"n": 77,' }, (n: number) => n === 77],
    [
      'a time, without its end',
      { from: '2026-11-20T09:00:00+09:00', to: '2026-11-20T00:03:00Z' },
      (n: number) => n < 3,
    ],
    ['several at once', { action: 'rollout.promoted', actor: 'Mio' }, (n: number) => n % 6 === 2],
  ])('is narrowed down to %s [OPS-20]', async (_, filter, holds) => {
    const wanted = Array.from({ length: COUNT }, (__, i) => COUNT - i).filter(holds);
    expect(numbers((await list({ ...filter, limit: 500 })).rows)).toEqual(wanted.slice(0, 500));
    const lines = (await exported(filter)).join('').trim().split('\n');
    expect(numbers(lines.map((line) => ChainedEntrySchema.parse(JSON.parse(line))))).toEqual(
      wanted.toReversed(),
    );
  });

  it('names every action there is, to choose from', async () => {
    expect((await list({ limit: 1 })).actions).toEqual(['rollout.promoted', 'rollout_note']);
  });
});

describe('the chain', () => {
  it('is checked batch by batch, and says how far it has come and what is newest [OPS-22]', async () => {
    const heard: number[] = [];
    const check = await checkAuditChain(NOW, ({ checkedCount, totalCount }) => {
      expect(totalCount).toBe(COUNT);
      heard.push(checkedCount);
    });
    expect(heard).toEqual([500, 1000, COUNT]);
    const [newest] = (await list({ limit: 1 })).rows;
    expect(check).toEqual({
      checkedAt: NOW.toISOString(),
      checkedCount: COUNT,
      fault: null,
      head: { seq: COUNT, hash: newest?.hash },
    });
  });

  it('is exported in pieces, for spreadsheets, too [OPS-20]', async () => {
    const csv = await exported({}, 'csv');
    expect(csv.length).toBe(4);
    expect(csv.join('').split('\r\n')).toHaveLength(COUNT + 2);
    expect(csv.join('')).toContain('1,2026-11-20 09:01:00.000,2026-11-20 00:01:00.000,Ken 100%,');
  });

  it('can be checked from an export with nothing of ours, as docs/audit.md says [OPS-22]', async () => {
    const folder = await mkdtemp(join(tmpdir(), 'phasegate-audit-'));
    const script = /```js\n([\s\S]*?)```/.exec(await readFile('docs/audit.md', 'utf8'))?.[1] ?? '';
    expect(script.trim().split('\n').length).toBeLessThanOrEqual(24);
    await writeFile(join(folder, 'check.mjs'), script);
    const run = (text: string) => {
      execFileSync('tee', [join(folder, 'audit.ndjson')], {
        input: text,
        stdio: ['pipe', 'ignore', 'inherit'],
      });
      return execFileSync(process.execPath, ['check.mjs', 'audit.ndjson'], { cwd: folder, encoding: 'utf8' });
    };
    const whole = (await exported({})).join('');
    expect(run(whole)).toContain(`${COUNT} entries hold`);
    const part = whole.split('\n').slice(600, 700).join('\n');
    expect(run(part)).toContain('100 entries hold, 601 to 700');
    expect(() => run(whole.replace('"n":77,', '"n":78,'))).toThrow(/entry 77 does not hold/);
    await rm(folder, { recursive: true, force: true });
  });

  it('names the first entry that does not hold, wherever it stands [OPS-22]', async () => {
    const client = new Client({ connectionString: url });
    await client.connect();
    await client.query('ALTER TABLE audit_entry DISABLE TRIGGER USER');
    await client.query(`UPDATE audit_entry SET reason = 'another' WHERE seq = 1100`);
    expect(await checkAuditChain(NOW)).toMatchObject({
      checkedCount: 1099,
      fault: { seq: 1100, fault: 'altered' },
      head: null,
    });
    // An entry before the first has no place in the chain, and the list shows it.
    await client.query(`INSERT INTO audit_entry SELECT 0, at, actor_id, actor_name, action, subject, reason, details,
      prev_hash, repeat('e', 64) FROM audit_entry WHERE seq = 1`);
    expect(await checkAuditChain(NOW)).toMatchObject({ checkedCount: 0, fault: { seq: 1, fault: 'gap' } });
    await client.query('DELETE FROM audit_entry WHERE seq = 0');
    // A forged one at the end names the hash before it, and does not have the hash of what it says.
    await client.query(`UPDATE audit_entry SET reason = 'なぜなら' WHERE seq = 1100`);
    await client.query(`INSERT INTO audit_entry SELECT ${COUNT + 1}, at, actor_id, actor_name, action, subject, 'forged',
      details, hash, repeat('f', 64) FROM audit_entry WHERE seq = ${COUNT}`);
    expect(await checkAuditChain(NOW)).toMatchObject({ fault: { seq: COUNT + 1, fault: 'altered' } });
    // Cut off at its end it is whole in itself: only the head that was written down before tells.
    await client.query(`DELETE FROM audit_entry WHERE seq > 1000`);
    expect(await checkAuditChain(NOW)).toMatchObject({ fault: null, head: { seq: 1000 } });
    // Two entries whose content was swapped.
    await client.query(`UPDATE audit_entry a SET reason = b.reason, details = b.details, at = b.at, actor_id = b.actor_id,
      actor_name = b.actor_name, action = b.action, subject = b.subject FROM audit_entry b
      WHERE (a.seq, b.seq) IN ((700, 701), (701, 700))`);
    expect(await checkAuditChain(NOW)).toMatchObject({
      checkedCount: 699,
      fault: { seq: 700, fault: 'altered' },
    });
    await client.query('DELETE FROM audit_entry WHERE seq = 501');
    expect(await checkAuditChain(NOW)).toMatchObject({
      checkedCount: 500,
      fault: { seq: 501, fault: 'gap' },
    });
    await client.end();
  });
});
