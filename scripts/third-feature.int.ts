import { cpSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { mkdtemp, realpath, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, expect, it, vi } from 'vitest';
import { analyzeRange } from '#lib/analyzer/server.ts';
import { collectWindow } from '#lib/collector/server.ts';
import { forgetEnv } from '#lib/config/server.ts';
import { readPanel } from '#lib/dashboard/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { previewTemplates, reportWindow } from '#lib/reporter/server.ts';
import {
  closeFlagSource,
  currentFlags,
  decideAll,
  ensureRollouts,
  evaluateKey,
  findRollout,
} from '#lib/rollouts/server.ts';
import { eventually } from '#scripts/test/eventually.ts';
import { testDatabase } from './test/database.ts';
import { ndjson, run } from './test/mission.ts';

// A feature that no TypeScript of the house has heard of, added as its team would: by files of governance/ and templates/.
const EVENTS = `
  search.suggest.answered:
    component: search
    description: { ja: 候補を返した, en: Suggestions were answered }
    fields:
      took_ms: { type: number, required: true, min: 0, measure: histogram }
      outcome: { type: string, required: true, values: [shown, failed], dimension: true }
`;
const METRICS = `
  suggest_p95:
    label: { ja: 候補 P95, en: Suggestions P95 }
    description: { ja: 候補を返すまでの時間, en: How long suggestions take }
    unit: ms
    better: lower
    aggregation: p95
    of: { event: search.suggest.answered }
    field: took_ms
  suggest_error_rate:
    label: { ja: 候補の失敗率, en: Suggestion failure rate }
    description: { ja: 失敗した候補の割合, en: Share of suggestions that failed }
    unit: ratio
    better: lower
    aggregation: rate
    numerator: [{ event: search.suggest.answered, where: { outcome: failed } }]
    denominator: [{ event: search.suggest.answered }]
`;
const PANEL = `
  search:
    label: { ja: 検索, en: Search }
    chart: [suggest_p95]
    figures: [suggest_error_rate]
    channel: search-ops
`;
const phase = (id: string, flag: boolean) => `
      - id: ${id}
        label: { ja: ${id}, en: ${id} }
        audience: everyone
        flags: { search.suggest: ${flag} }
        objectives:
          - { metric: suggest_p95, max: 300, window: 15m }
          - { metric: suggest_error_rate, max: 0.02, window: 15m }
        gates:
          - { kind: windows_running, windows: 1 }
          - { kind: signed_off, panels: [search], role: reviewer }
        approvals: [{ role: sre }]
        promoteBy: [sre, admin]
        rollback: { mode: automatic }
        notify: { info: [search-ops], warning: [search-ops], critical: [search-ops] }`;
const ROLLOUT = `
  search-suggest:
    label: { ja: 検索候補, en: Search suggestions }
    restartFrom: S-1
    rollBackWhenUnmetFor: 24h
    afterRollback:
      { watch: 2h, lookEvery: 5m, lookOftenFor: 30m, recoveredWindows: 2, canaryAfterBusinessDays: 1, canaryAt: '10:00' }
    flagDefaults: { search.suggest: false }
    signals: { search.reindex: { normal: allowed, raised: paused } }
    messageFigures: { p95: suggest_p95, errRate: suggest_error_rate }
    panels: [search]
    phases:${phase('S-0', false)}${phase('S-1', true)}
`;

const WINDOW_MS = 900_000;
const GOOD = new Date('2026-11-24T02:30:00.000Z');
const BAD = new Date(GOOD.getTime() + WINDOW_MS);
const minutesAfter = (minutes: number, windowStart: Date) =>
  new Date(windowStart.getTime() + WINDOW_MS + minutes * 60_000);

let site = '';
const at = (name: string) => join(site, name);

/** Adds lines after the first line of a file that reads so. */
function addAfter(file: string, line: RegExp, added: string): void {
  const text = readFileSync(at(file), 'utf8');
  expect(text).toMatch(line);
  writeFileSync(
    at(file),
    text.replace(line, (found) => `${found}${added}`),
  );
}

beforeAll(async () => {
  await testDatabase();
  site = await realpath(await mkdtemp(join(tmpdir(), 'phasegate-third-')));
  for (const folder of ['governance', 'templates']) cpSync(folder, at(folder), { recursive: true });
  addAfter('governance/events.yaml', /^components: \[/m, 'search, ');
  addAfter('governance/events.yaml', /^features: \[/m, 'search, ');
  addAfter('governance/events.yaml', /^events:$/m, EVENTS.trimEnd());
  addAfter('governance/policy.yaml', /^ {2}sources:$/m, '\n    - logs/search/*.jsonl');
  addAfter('governance/policy.yaml', /^ {2}announceOkFrom: \{/m, ' search-suggest: S-1,');
  addAfter(
    'governance/policy.yaml',
    /^channels:.*$/m,
    "\n  search-ops: { kind: slack, channel: '#search-ops' }",
  );
  addAfter('governance/policy.yaml', /^metrics:.*$/m, METRICS.trimEnd());
  addAfter('governance/policy.yaml', /^panels:.*$/m, PANEL.trimEnd());
  addAfter('governance/policy.yaml', /^rollouts:.*$/m, ROLLOUT.trimEnd());
  addAfter('templates/alerts/autosave-ok.md', /^✅/m, ' [search team]');
  vi.stubEnv('GOVERNANCE_DIR', at('governance'));
  vi.stubEnv('TELEMETRY_ROOTS', site);
  forgetEnv();
  const began = new Date(GOOD.getTime() - 86_400_000);
  const step = (to: string, kind: 'start' | 'promotion', hours: number) => ({
    phase: to,
    kind,
    at: new Date(began.getTime() + hours * 3_600_000),
    reason: 'a test',
  });
  await ensureRollouts(began, { 'search-suggest': [step('S-0', 'start', 0), step('S-1', 'promotion', 1)] });
  mkdirSync(at('logs/search'), { recursive: true });
});
afterAll(async () => {
  await closeFlagSource();
  await disconnectDatabase();
  vi.unstubAllEnvs();
  forgetEnv();
  await rm(site, { recursive: true, force: true });
});

/** One cycle of a window in which every answer took so long: collected, judged, decided, reported. */
async function cycle(windowStart: Date, tookMs: number) {
  const answered = Array.from({ length: 100 }, (_, i) => ({
    ts: new Date(windowStart.getTime() + i * 1000).toISOString(),
    component: 'search',
    event: 'search.suggest.answered',
    feature: 'search',
    phase: 'S-1',
    took_ms: tookMs,
    outcome: i < 1 ? 'failed' : 'shown',
  }));
  writeFileSync(at(`logs/search/${windowStart.getTime()}.jsonl`), ndjson(answered));
  const collected = await collectWindow(windowStart, minutesAfter(1, windowStart));
  const { stored } = await analyzeRange({
    from: windowStart,
    to: new Date(windowStart.getTime() + WINDOW_MS),
  });
  const decided = await decideAll('cycle', minutesAfter(2, windowStart));
  const reported = await reportWindow(minutesAfter(3, windowStart));
  return {
    collected,
    verdict: stored.map((each) => each.verdict).find(({ rollout }) => rollout === 'search-suggest'),
    decided,
    reported,
  };
}

async function served(key: string): Promise<unknown> {
  const configuration = await currentFlags();
  return evaluateKey(configuration, key, { targetingKey: 'user-1' })?.value;
}

async function text(kind: string, now: Date): Promise<string> {
  const made = (await previewTemplates(now, site)).find((preview) => preview.kind === kind);
  expect(made?.issues).toEqual([]);
  return made?.texts.map((each) => each.text).join('\n') ?? '';
}

it('takes a feature that is nothing but files for valid [PHA-6] [ANA-2]', async () => {
  const checked = await run(resolve('scripts/policy-check.ts'), [at('governance')], {}, site);
  expect(checked).toMatchObject({ code: 0, err: '' });
  expect(checked.out).toContain('3 rollouts, 10 phases, 18 metrics');
});

it('counts, judges, decides, shows and announces it like any other [TEL-11] [ANA-2] [PHA-1] [REP-4]', async () => {
  const { collected, verdict, decided, reported } = await cycle(GOOD, 120);
  expect(collected).toMatchObject({ events: 100, quarantined: 0, problems: [] });
  expect(verdict).toMatchObject({ phase: 'S-1', verdict: 'pass' });
  expect(verdict?.metrics.map(({ metric, value }) => [metric, value])).toEqual([
    ['suggest_p95', expect.closeTo(120, -1)],
    ['suggest_error_rate', 0.01],
  ]);
  expect(decided.decisions['search-suggest']).toBe('hold');
  expect(reported.dashboard.rollouts.map(({ rollout }) => rollout)).toContain('search-suggest');
  expect(await served('search.suggest')).toBe(true);
  expect(await served('search.reindex')).toBe('allowed');

  const panel = await readPanel('search-suggest', 'search', { range: '24h' }, minutesAfter(3, GOOD));
  expect(panel).toMatchObject({ label: { en: 'Search' }, channel: { name: '#search-ops' } });
  expect(panel?.series[0]?.points.at(-1)?.samples).toBe(100);

  const announced = await text('autosave-ok', minutesAfter(3, GOOD));
  expect(announced).toContain('✅ [search team] 検索候補 S-1 OK');
  expect(announced).toMatch(/p95=120\sms \/ err=1\.00\s%/);
  const { deliveries } = await database().message.findFirstOrThrow({
    where: { rolloutId: 'search-suggest', kind: 'autosave-ok' },
    include: { deliveries: true },
  });
  expect(deliveries).toMatchObject([{ channel: 'search-ops' }]);
});

it('steps back by itself when its own SLO is violated, and says so [ROL-3] [ROL-4]', async () => {
  const { verdict, decided } = await cycle(BAD, 900);
  expect(verdict).toMatchObject({ verdict: 'violation', rollback_required: true, rollbackTo: 'S-0' });
  expect(decided.decisions['search-suggest']).toBe('roll_back');
  await eventually(async () => expect(await findRollout('search-suggest')).toMatchObject({ phase: 'S-0' }));
  expect(await served('search.suggest')).toBe(false);
  expect(await served('search.reindex')).toBe('paused');
  const told = await text('autosave-incident', minutesAfter(4, BAD));
  expect(told).toContain('Suggestions P95');
  expect(told).toContain('npm run flags:rollback -- --rollout search-suggest --phase S-0');
});
