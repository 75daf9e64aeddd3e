import { appendFile, copyFile, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { disconnectDatabase } from '#lib/database/server.ts';
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
import { forgetSettledFiles } from './settled-files.ts';

beforeAll(async () => {
  await testDatabase();
});
afterAll(disconnectDatabase);

const LIVE = 'reports/canary/phase-a.jsonl';
const ACTIONS = [
  'append',
  'append',
  'append_partial',
  'collect',
  'collect',
  'restart',
  'rotate_by_rename',
  'rotate_by_copy',
  'rotate_by_gzip',
  'rename',
  'copy',
  'truncate',
  'replace',
  'delete',
] as const;
type Action = (typeof ACTIONS)[number];

/** A program that writes one line after another and a person who moves its files about. */
class Writer {
  readonly lines: string[] = [];
  readonly #at: (name: string) => string;
  #number = 0;
  #copies = 0;
  /** The end of a line that was half written, and the file that waits for it. */
  #pending: { name: string; rest: string } | null = null;
  #exists = false;

  constructor(at: (name: string) => string) {
    this.#at = at;
  }

  #line(): string {
    this.#number += 1;
    const line = `${saved(this.#number).slice(0, -1)},"note":"保存 ${this.#number}"}`;
    this.lines.push(line);
    return line;
  }

  async #finishLine(): Promise<void> {
    if (!this.#pending) return;
    await appendFile(this.#at(this.#pending.name), Buffer.from(this.#pending.rest, 'latin1'));
    this.#pending = null;
  }

  async #collect(): Promise<void> {
    const report = await refresh(NOW);
    expect(report.problems).toEqual([]);
    expect(report.quarantined).toBe(0);
  }

  /** Lines are counted before something happens after which nobody could read them any more. */
  async #readToTheEnd(): Promise<void> {
    await this.#finishLine();
    await this.#collect();
  }

  async do(action: Action): Promise<void> {
    if (!this.#exists && !['append', 'append_partial', 'collect', 'restart'].includes(action)) return;
    const aside = (): string => `${LIVE}.${++this.#copies}`;
    const matched = (): string => `reports/canary/phase-a-${++this.#copies}.jsonl`;
    switch (action) {
      case 'append':
        await this.#finishLine();
        await appendFile(this.#at(LIVE), `${this.#line()}\n${this.#line()}\n`);
        this.#exists = true;
        return;
      case 'append_partial': {
        await this.#finishLine();
        const bytes = Buffer.from(`${this.#line()}\n`);
        const cut = bytes.indexOf('保') + 1; // inside a character
        await appendFile(this.#at(LIVE), bytes.subarray(0, cut));
        this.#pending = { name: LIVE, rest: bytes.subarray(cut).toString('latin1') };
        this.#exists = true;
        return;
      }
      case 'collect':
        return this.#collect();
      case 'restart':
        forgetSettledFiles();
        return;
      case 'rotate_by_rename':
        await this.#collect(); // known, so that it can be followed
        await this.#move(aside());
        return;
      case 'rename':
        await this.#move(matched());
        return;
      case 'rotate_by_copy':
        // A copy is known by lines that were counted: one of which nothing was ever read is not (COL-1, limits).
        await this.#finishLine();
        await appendFile(this.#at(LIVE), `${this.#line()}\n`);
        await this.#collect();
        await appendFile(this.#at(LIVE), `${this.#line()}\n`);
        await copyFile(this.#at(LIVE), this.#at(aside()));
        await truncate(this.#at(LIVE), 0);
        return;
      case 'rotate_by_gzip':
        await this.#finishLine();
        await writeFile(this.#at(`${matched()}.gz`), gzipSync(await readFile(this.#at(LIVE))));
        await rm(this.#at(LIVE));
        this.#exists = false;
        return;
      case 'copy':
        await copyFile(this.#at(LIVE), this.#at(matched()));
        return;
      case 'truncate':
        await this.#readToTheEnd();
        await truncate(this.#at(LIVE), 0);
        return;
      case 'replace':
        await this.#readToTheEnd();
        await writeFile(this.#at(`${LIVE}.new`), `${this.#line()}\n${this.#line()}\n`);
        await rename(this.#at(`${LIVE}.new`), this.#at(LIVE));
        return;
      case 'delete':
        await this.#readToTheEnd();
        await rm(this.#at(LIVE));
        this.#exists = false;
    }
  }

  async #move(to: string): Promise<void> {
    await rename(this.#at(LIVE), this.#at(to));
    if (this.#pending) this.#pending.name = to; // the writer still has the file open
    this.#exists = false;
  }

  async end(): Promise<void> {
    await this.#finishLine();
    await this.#collect();
    forgetSettledFiles();
    await this.#collect();
  }
}

/** A deep run before a release: MODEL_SEQUENCES=10000. */
const SEQUENCES = Number(process.env.MODEL_SEQUENCES ?? 150);

it(`counts every line once over ${SEQUENCES} sequences of what happens to files [COL-1, COL-2]`, async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...ACTIONS), { minLength: 1, maxLength: 14 }),
      async (actions) => {
        const site = await telemetryRoot();
        await forgetTelemetry();
        forgetSettledFiles();
        try {
          const writer = new Writer(site.at);
          for (const action of actions) await writer.do(action);
          await writer.end();
          expect(await storedSeries()).toEqual(await expectedSeries(writer.lines));
        } finally {
          await site.remove();
        }
      },
    ),
    { numRuns: SEQUENCES, endOnFailure: false },
  );
}, 3_600_000);
