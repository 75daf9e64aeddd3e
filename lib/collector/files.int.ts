import {
  appendFile,
  chmod,
  copyFile,
  mkdir,
  rename,
  rm,
  symlink,
  truncate,
  writeFile,
} from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import {
  expectedSeries,
  forgetTelemetry,
  NOW,
  saved,
  storedSeries,
  telemetryRoot,
} from '#scripts/test/telemetry-root.ts';
import { refresh } from './collect.run.ts';
import { collectorHealth } from './health.store.ts';
import { forgetSettledFiles } from './settled-files.ts';

const A = 'reports/canary/phase-a.jsonl';
const text = (...lines: string[]): string => lines.map((line) => `${line}\n`).join('');
const range = (from: number, to: number): string[] =>
  Array.from({ length: to - from }, (_, i) => saved(from + i));

let site: Awaited<ReturnType<typeof telemetryRoot>>;

beforeAll(async () => {
  await testDatabase();
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  site = await telemetryRoot();
  await forgetTelemetry();
  forgetSettledFiles();
});
afterEach(() => site.remove());

async function expectCounted(...lines: string[]): Promise<void> {
  expect(await storedSeries()).toEqual(await expectedSeries(lines));
}

/** Root may read everything, so it steps down to `nobody` for the time of the work. */
async function asNobodySpecial<T>(work: () => Promise<T>): Promise<T> {
  if (process.getuid?.() !== 0 || !process.seteuid) return work();
  await chmod(site.at('.'), 0o755);
  process.seteuid(65_534);
  try {
    return await work();
  } finally {
    process.seteuid(0);
  }
}

describe('reading files', () => {
  it('counts an event once when its file is read twice, also by a new process [COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 6)));
    expect(await refresh(NOW)).toMatchObject({ lines: 5, events: 5 });
    expect(await refresh(NOW)).toMatchObject({ lines: 0 });
    forgetSettledFiles();
    expect(await refresh(NOW)).toMatchObject({ lines: 0, problems: [] });
    await expectCounted(...range(1, 6));
  });

  it('reads every configured place, plain and gzip [COL-1]', async () => {
    await writeFile(site.at(A), text(saved(1)));
    await writeFile(site.at('logs/autosave/host.jsonl'), text(saved(2)));
    await writeFile(site.at('logs/autosave/old.jsonl.gz'), gzipSync(text(saved(3))));
    await writeFile(site.at('logs/autosave/notes.txt'), text(saved(4)));
    await refresh(NOW);
    await expectCounted(saved(1), saved(2), saved(3));
  });

  it('leaves a partial last line until it ends, cut inside a character [COL-1]', async () => {
    const line = `${saved(2).slice(0, -1)},"note":"保存"}`;
    const bytes = Buffer.from(text(saved(1), line));
    const cut = bytes.indexOf(Buffer.from('保')) + 1;
    await writeFile(site.at(A), bytes.subarray(0, cut));
    expect(await refresh(NOW)).toMatchObject({ lines: 1, quarantined: 0 });
    await appendFile(site.at(A), bytes.subarray(cut));
    expect(await refresh(NOW)).toMatchObject({ lines: 1, quarantined: 0 });
    await expectCounted(saved(1), line);
  });

  it('goes on in a file that grows, with line numbers that go on [COL-1, TEL-10]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await appendFile(site.at(A), text(saved(4), '{"broken', saved(5)));
    expect(await refresh(NOW)).toMatchObject({ lines: 3, events: 2, quarantined: 1 });
    const [row] = await database().telemetryQuarantine.findMany();
    expect(row).toMatchObject({
      sourceName: A,
      lineNumber: 5n,
      reason: 'not_json',
      raw: '{"broken',
      state: 'open',
    });
    expect(row?.byteOffset).toBe(BigInt(Buffer.byteLength(text(...range(1, 5)))));
    await expectCounted(...range(1, 6));
  });

  it('reads CRLF, a byte order mark and blank lines [COL-1]', async () => {
    await writeFile(site.at(A), `\uFEFF${saved(1)}\r\n\r\n${saved(2)}\r\n`);
    expect(await refresh(NOW)).toMatchObject({ events: 2, quarantined: 0 });
    await expectCounted(saved(1), saved(2));
  });

  it('has nothing to say of an empty file [COL-1]', async () => {
    await writeFile(site.at(A), '');
    expect(await refresh(NOW)).toMatchObject({ lines: 0, problems: [] });
    await appendFile(site.at(A), text(saved(1)));
    await refresh(NOW);
    await expectCounted(saved(1));
  });

  it('quarantines NUL bytes and invalid UTF-8 with the line, and counts the rest [TEL-10]', async () => {
    const bad = Buffer.concat([
      Buffer.from(text(saved(1))),
      Buffer.from('{"a":"\0"}\n'),
      Buffer.from([0x7b, 0xff, 0xfe, 0x0a]),
      Buffer.from(text(saved(2))),
    ]);
    await writeFile(site.at(A), bad);
    expect(await refresh(NOW)).toMatchObject({ lines: 4, events: 2, quarantined: 2, problems: [] });
    expect(await database().telemetryQuarantine.count()).toBe(2);
    await expectCounted(saved(1), saved(2));
  });
});

describe('large files', () => {
  const many = range(1, 25_001);

  it('are counted like small ones, in one batch, and go on from there [COL-1, COL-2]', async () => {
    await writeFile(site.at(A), text(...many, 'broken'));
    expect(await refresh(NOW)).toMatchObject({ batches: 1, lines: 25_001, quarantined: 1 });
    await appendFile(site.at(A), `${text(...range(30_001, 50_001), 'broken too')}{"half":`);
    expect(await refresh(NOW)).toMatchObject({ batches: 1, lines: 20_001, quarantined: 1 });
    const rows = await database().telemetryQuarantine.findMany({ orderBy: { id: 'asc' } });
    expect(rows.map((row) => [row.lineNumber, row.raw])).toEqual([
      [25_001n, 'broken'],
      [45_002n, 'broken too'],
    ]);
    await expectCounted(...many, ...range(30_001, 50_001));
  });

  it('are counted once when they come as gzip and when they are compressed later [COL-1, COL-2]', async () => {
    await writeFile(site.at('logs/autosave/x.jsonl.gz'), gzipSync(text(...many)));
    await writeFile(site.at(A), text(...range(30_001, 50_001)));
    await refresh(NOW);
    await writeFile(site.at(`${A}.gz`), gzipSync(text(...range(30_001, 50_002))));
    await rm(site.at(A));
    expect(await refresh(NOW)).toMatchObject({ lines: 1 });
    await expectCounted(...many, ...range(30_001, 50_002));
  });

  it('are counted once while somebody writes to them [COL-1, COL-2]', async () => {
    await writeFile(site.at(A), text(...many));
    const reading = refresh(NOW);
    for (let at = 30_001; at < 30_101; at += 10) await appendFile(site.at(A), text(...range(at, at + 10)));
    await reading;
    expect((await refresh(NOW)).problems).toEqual([]);
    await expectCounted(...many, ...range(30_001, 30_101));
  });
});

describe('files that are moved, copied, cut or replaced', () => {
  it('follows a file that is rotated by renaming, and reads its successor [COL-1, COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await appendFile(site.at(A), text(saved(4)));
    await rename(site.at(A), site.at(`${A}.1`));
    await writeFile(site.at(A), text(...range(5, 8)));
    await refresh(NOW);
    await appendFile(site.at(`${A}.1`), text(saved(8)));
    await refresh(NOW);
    await expectCounted(...range(1, 9));
  });

  it('does not count a renamed file again under its new name [COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await rename(site.at(A), site.at('reports/canary/phase-b.jsonl'));
    await refresh(NOW);
    await appendFile(site.at('reports/canary/phase-b.jsonl'), text(saved(4)));
    await refresh(NOW);
    await expectCounted(...range(1, 5));
    expect((await database().telemetrySource.findMany()).map((s) => s.name)).toEqual([
      'reports/canary/phase-b.jsonl',
    ]);
  });

  it('does not count a copy of a counted file, but what is added to the copy [COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await copyFile(site.at(A), site.at('reports/canary/phase-copy.jsonl'));
    expect(await refresh(NOW)).toMatchObject({ lines: 0 });
    await appendFile(site.at('reports/canary/phase-copy.jsonl'), text(saved(4)));
    await appendFile(site.at(A), text(saved(5)));
    await refresh(NOW);
    await expectCounted(...range(1, 6));
  });

  it('reads the original first when a copy is longer than what was counted of it [COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await appendFile(site.at(A), text(...range(4, 7)));
    await copyFile(site.at(A), site.at('reports/canary/phase-0.jsonl'));
    await refresh(NOW);
    await expectCounted(...range(1, 7));
  });

  it('waits while a copy is being made [COL-2]', async () => {
    const whole = text(...range(1, 20));
    await writeFile(site.at(A), whole);
    await refresh(NOW);
    const copy = site.at('reports/canary/phase-copy.jsonl');
    await writeFile(copy, whole.slice(0, whole.length / 2));
    expect(await refresh(NOW)).toMatchObject({ lines: 0 });
    await writeFile(copy, whole);
    expect(await refresh(NOW)).toMatchObject({ lines: 0 });
    await expectCounted(...range(1, 20));
  });

  it('counts lines once when a file is compressed after it was counted [COL-1, COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await writeFile(site.at(`${A}.gz`), gzipSync(text(...range(1, 5))));
    await rm(site.at(A));
    await refresh(NOW);
    await expectCounted(...range(1, 5));
  });

  it('takes the unread rest from the copy when a file is copied and truncated [COL-1, COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await appendFile(site.at(A), text(saved(4)));
    await copyFile(site.at(A), site.at(`${A}.1`));
    await truncate(site.at(A), 0);
    await appendFile(site.at(A), text(...range(5, 12)));
    await refresh(NOW);
    await expectCounted(...range(1, 12));
  });

  it('counts a truncated file from its beginning, also when it has grown past the old end [COL-1]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await truncate(site.at(A), 0);
    await refresh(NOW);
    await appendFile(site.at(A), text(...range(100, 120)));
    await refresh(NOW);
    await expectCounted(...range(1, 4), ...range(100, 120));
    expect(await database().telemetrySource.count({ where: { state: 'active' } })).toBe(1);
  });

  it('counts what replaces a file and only that [COL-1, COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await writeFile(site.at(`${A}.tmp`), text(...range(50, 60)));
    await rename(site.at(`${A}.tmp`), site.at(A));
    await refresh(NOW);
    await expectCounted(...range(1, 4), ...range(50, 60));
  });

  it('knows a file again that was rewritten with the same beginning [COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await writeFile(site.at(`${A}.tmp`), text(...range(1, 6)));
    await rename(site.at(`${A}.tmp`), site.at(A));
    await refresh(NOW);
    await expectCounted(...range(1, 6));
  });

  it('marks a deleted file as gone and counts it once when it comes back [COL-2]', async () => {
    await writeFile(site.at(A), text(...range(1, 4)));
    await refresh(NOW);
    await rm(site.at(A));
    await refresh(NOW);
    expect((await database().telemetrySource.findFirstOrThrow()).state).toBe('gone');
    await writeFile(site.at(A), text(...range(1, 5)));
    await refresh(NOW);
    await expectCounted(...range(1, 5));
  });

  it('reads a file once that has several names [COL-2]', async () => {
    await writeFile(site.at('logs/autosave/real.jsonl'), text(saved(1)));
    await symlink(site.at('logs/autosave/real.jsonl'), site.at(A));
    await refresh(NOW);
    await expectCounted(saved(1));
  });
});

describe('sources that cannot be read', () => {
  it('trusts nothing of a gzip that is cut short and counts it once when it is whole [COL-1, COL-2]', async () => {
    const whole = gzipSync(text(...range(1, 500)));
    const gz = site.at(`${A}.gz`);
    await writeFile(gz, whole.subarray(0, whole.length - 20));
    await writeFile(site.at('logs/autosave/fine.jsonl'), text(saved(900)));
    const report = await refresh(NOW);
    expect(report.problems).toEqual([{ source: `${A}.gz`, message: expect.stringContaining('cut short') }]);
    await expectCounted(saved(900));
    expect((await collectorHealth(NOW)).problems).toHaveLength(1);
    await writeFile(gz, whole);
    expect(await refresh(NOW)).toMatchObject({ lines: 499, problems: [] });
    await refresh(NOW);
    await expectCounted(...range(1, 500), saved(900));
    expect((await collectorHealth(NOW)).problems).toEqual([]);
  });

  it('reports a damaged gzip, a .gz that is none and a folder named like a file, and reads the others [COL-1]', async () => {
    const damaged = gzipSync(text(...range(1, 500)));
    damaged.fill(0x55, 20, 60);
    await writeFile(site.at('reports/canary/phase-x.jsonl.gz'), damaged);
    await writeFile(site.at('reports/canary/phase-y.jsonl.gz'), text(saved(1)));
    await mkdir(site.at('reports/canary/phase-z.jsonl'));
    await writeFile(site.at(A), text(saved(7)));
    const { problems } = await refresh(NOW);
    expect(problems.map((p) => p.source).sort()).toEqual([
      'reports/canary/phase-x.jsonl.gz',
      'reports/canary/phase-y.jsonl.gz',
      'reports/canary/phase-z.jsonl',
    ]);
    await expectCounted(saved(7));
    expect(await refresh(NOW)).toMatchObject({ lines: 0, problems: { length: 3 } });
  });

  it('reports a file it may not read and reads the others [COL-1]', async () => {
    await writeFile(site.at(A), text(saved(1)));
    await chmod(site.at(A), 0o000);
    await writeFile(site.at('logs/autosave/fine.jsonl'), text(saved(2)));
    const { problems } = await asNobodySpecial(() => refresh(NOW));
    expect(problems).toEqual([{ source: A, message: 'not allowed to read the file' }]);
    await chmod(site.at(A), 0o644);
    await refresh(NOW);
    await expectCounted(saved(1), saved(2));
  });

  // Reading one's own memory from address 0 fails with EIO, as a broken disk does.
  it.runIf(process.platform === 'linux')('reports a read error and reads the others [COL-1]', async () => {
    await symlink('/proc/self/mem', site.at(A));
    await writeFile(site.at('logs/autosave/fine.jsonl'), text(saved(2)));
    expect((await refresh(NOW)).problems).toEqual([{ source: A, message: 'the disk reported a read error' }]);
    await expectCounted(saved(2));
  });

  it('says nothing of a root that does not exist [COL-1]', async () => {
    await site.remove();
    expect(await refresh(NOW)).toMatchObject({ lines: 0, problems: [] });
  });
});
