import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { governanceJsonSchemas, PolicyError, type PolicyIssue, parsePolicy } from './index.ts';

const policyYaml = readFileSync('governance/policy.yaml', 'utf8');
const eventsYaml = readFileSync('governance/events.yaml', 'utf8');

const parse = (policy = policyYaml, events = eventsYaml) =>
  parsePolicy({
    policy: { file: 'policy.yaml', text: policy },
    events: { file: 'events.yaml', text: events },
  });

function issuesOf(policy: string, events?: string): readonly PolicyIssue[] {
  try {
    parse(policy, events);
  } catch (error) {
    if (error instanceof PolicyError) return error.issues;
    throw error;
  }
  throw new Error('expected the policy to be refused');
}

const edit = (from: string, to: string): string => {
  if (!policyYaml.includes(from)) throw new Error(`the policy no longer contains: ${from}`);
  return policyYaml.replace(from, to);
};

const lineOf = (text: string, needle: string): number =>
  text.slice(0, text.indexOf(needle)).split('\n').length;

describe('the shipped policy', () => {
  it('holds both rollouts with every phase of the mission in order [PHA-1]', () => {
    const { policy } = parse();
    expect(policy.rollouts['autosave-merge']?.phases.map((phase) => phase.id)).toEqual([
      'A-0',
      'A-1',
      'A-2',
      'B-0',
      'B-1',
    ]);
    expect(policy.rollouts.autosave?.phases.map((phase) => [phase.id, phase.exposureRatio])).toEqual([
      ['A', 0.05],
      ['B', 0.3],
      ['C', 1],
    ]);
  });

  it('takes a panel of any name, so that a new feature needs no TypeScript [DASH-1]', () => {
    const added = edit(
      '    chart: [save_error_rate]\n',
      '    chart: [save_error_rate]\n  search:\n    label: { ja: 検索, en: Search }\n    chart: [crash_rate]\n',
    ).replace('panels: [autosave, restore, slo]', 'panels: [autosave, restore, search, slo]');
    const { policy } = parse(added);
    expect(policy.rollouts.autosave?.panels).toContain('search');
    expect([policy.panels.search?.kind, policy.panels.slo?.kind]).toEqual(['metrics', 'slo']);
    const issues = issuesOf(edit('panels: [autosave, restore, slo]', 'panels: [autosave, restor, slo]'));
    expect(issues.map(({ message }) => message).join()).toContain('"restor"');
  });

  it('defines every metric of the mission [ANA-1]', () => {
    expect(Object.keys(parse().policy.metrics)).toEqual(
      expect.arrayContaining([
        'autosave_p95',
        'save_error_rate',
        'restore_success_rate',
        'history_drift',
        'collector_latency',
        'crash_rate_delta',
        'merge_auto_success_rate',
        'merge_conflict_rate',
        'critical_bugs_per_day',
        'autosave_incident_rate',
        'retry_rate',
        'retryable_failures',
        'autosave_error_count',
      ]),
    );
  });

  it('judges P95 over two hours in autosave-merge and over one window in autosave [PHA-2]', () => {
    const { policy } = parse();
    const windows = (rollout: string) =>
      policy.rollouts[rollout]?.phases.flatMap((phase) =>
        phase.objectives.filter((o) => o.metric === 'autosave_p95').map((o) => [o.window, o.everySeconds]),
      );
    expect(new Set(windows('autosave-merge')?.map((w) => JSON.stringify(w)))).toEqual(
      new Set([JSON.stringify([{ kind: 'trailing', seconds: 7200 }, 900])]),
    );
    expect(new Set(windows('autosave')?.map((w) => JSON.stringify(w)))).toEqual(
      new Set([JSON.stringify([{ kind: 'trailing', seconds: 900 }, 900])]),
    );
  });

  it('is a new version when either file changes by one byte [PHA-6]', () => {
    const { hash } = parse();
    expect(hash).toMatch(/^[0-9a-f]{64}$/);
    expect(parse(`${policyYaml}\n`).hash).not.toBe(hash);
    expect(parse(policyYaml, `${eventsYaml}\n`).hash).not.toBe(hash);
  });

  it('has its JSON Schemas checked in as generated [PHA-6]', () => {
    for (const [name, text] of Object.entries(governanceJsonSchemas()))
      expect(readFileSync(`governance/${name}`, 'utf8'), `${name}: run npm run policy:check`).toBe(text);
  });
});

describe('a policy that cannot be used', () => {
  const cases: { says: string; policy: string; at: string; message: RegExp; suggestion?: RegExp }[] = [
    {
      says: 'names a misspelt key with its line and the key that was meant',
      policy: edit('onViolation: warn', 'onViolaton: warn'),
      at: 'onViolaton',
      message: /unknown key "onViolaton"/,
      suggestion: /onViolation/,
    },
    {
      says: 'names a phase without a gate',
      policy: edit('gates: [{ kind: checklist, list: readiness }]', 'automation: shadow'),
      at: 'id: A-0',
      message: /missing/,
    },
    {
      says: 'refuses an empty list of gates',
      policy: edit('gates: [{ kind: checklist, list: readiness }]', 'gates: []'),
      at: 'gates: []',
      message: /without a gate/,
    },
    {
      says: 'suggests the metric that was meant',
      policy: edit('metric: save_error_rate, max: 0.01', 'metric: save_eror_rate, max: 0.01'),
      at: 'metric: save_eror_rate',
      message: /metric "save_eror_rate" is not defined/,
      suggestion: /save_error_rate/,
    },
    {
      says: 'names figures of messages that are no metrics',
      policy: edit('messageFigures: { p95: autosave_p95', 'messageFigures: { p95: autosav_p95'),
      at: 'p95: autosav_p95',
      message: /metric "autosav_p95" is not defined/,
      suggestion: /did you mean "autosave_p95"\?/,
    },
    {
      says: 'refuses an objective without a limit',
      policy: edit('metric: save_error_rate, max: 0.01,', 'metric: save_error_rate,'),
      at: '{ metric: save_error_rate, window',
      message: /exactly one limit/,
    },
    {
      says: 'refuses a duration without a unit',
      policy: edit('lateness: 2h', 'lateness: 120'),
      at: 'lateness: 120',
      message: /string|duration/,
    },
    {
      says: 'refuses a role nobody defined',
      policy: edit('promoteBy: [governance, admin]', 'promoteBy: [governence]'),
      at: 'governence',
      message: /role "governence"/,
      suggestion: /governance/,
    },
    {
      says: 'refuses a role for strangers that nobody defined',
      policy: edit('newAccountRole: viewer', 'newAccountRole: veiwer'),
      at: '{ sessionEndsAfter',
      message: /role "veiwer"/,
      suggestion: /viewer/,
    },
    {
      says: 'refuses a role for strangers that may do more than look',
      policy: edit('newAccountRole: viewer', 'newAccountRole: reviewer'),
      at: '{ sessionEndsAfter',
      message: /anybody on GitHub would have the permissions sign_off/,
    },
    {
      says: 'refuses bands of a budget that do not decrease',
      policy: edit('observe: 0.5, attention', 'observe: 0.75, attention'),
      at: 'budgetBands:',
      message: /bands must decrease/,
    },
    {
      says: 'refuses a duplicate key',
      policy: edit('timezone: Asia/Tokyo', 'timezone: Asia/Tokyo\ntimezone: UTC'),
      at: 'timezone: UTC',
      message: /unique/,
    },
    {
      says: 'refuses an unknown time zone',
      policy: edit('timezone: Asia/Tokyo', 'timezone: Asia/Tokio'),
      at: 'timezone',
      message: /IANA/,
    },
    {
      says: 'refuses a filter on a field that is no dimension',
      policy: edit('where: { severity: critical }', 'where: { sverity: critical }'),
      at: 'sverity',
      message: /dimension "sverity"/,
      suggestion: /severity/,
    },
    {
      says: 'refuses a phase that leaves a flag unset',
      policy: edit(
        'flags: { autosave.enabled: true, merge.precision: beta }',
        'flags: { autosave.enabled: true }',
      ),
      at: 'flags: { autosave.enabled: true }\n        objectives:\n          - { metric: merge_auto',
      message: /merge.precision/,
    },
  ];
  it('refuses to delete what late telemetry may still belong to [COL-6]', () => {
    const kept = (windows: string, verdicts: string) =>
      edit('windows: 400d, verdicts: 1100d', `windows: ${windows}, verdicts: ${verdicts}`);
    expect(parse(kept('132495m', '132495m')).policy.retention.windowsSeconds).toBe(92 * 86_400 + 900);
    expect(issuesOf(kept('132494m', '400d')).map(({ message }) => message)).toEqual([
      expect.stringMatching(/at least .*132495m/),
    ]);
    expect(issuesOf(kept('400d', '132494m'))).toHaveLength(1);
  });

  it('counts budgets in whole windows, over a period longer than every look at it and still stored [DASH-4]', () => {
    const places = (from: string, to: string) => issuesOf(edit(from, to)).map(({ path }) => path);
    expect(places('long: 1h, short: 15m', 'long: 1h, short: 10m')).toEqual(['slo.burnRates[0].short']);
    expect(places('long: 3d, short: 6h', 'long: 30d, short: 6h')).toEqual(['slo.burnRates[3].long']);
    expect(places('long: 6h, short: 30m', 'long: 30m, short: 30m')).toEqual(['slo.burnRates[1]']);
    expect(places('period: 30d', 'period: 1101d')).toEqual(['slo.period']);
  });

  it.each(cases)('$says [PHA-6]', ({ policy, at, message, suggestion }) => {
    const issues = issuesOf(policy);
    const issue = issues.find((candidate) => message.test(candidate.message));
    expect(issue, JSON.stringify(issues)).toBeDefined();
    expect(issue?.line).toBe(lineOf(policy, at));
    expect(issue?.column).toBeGreaterThan(0);
    if (suggestion) expect(issue?.suggestion).toMatch(suggestion);
  });

  it('reports every issue of both files at once, not the first', () => {
    const policy = edit('onViolation: warn', 'onViolaton: warn').replace('lateness: 2h', 'lateness: soon');
    const files = issuesOf(policy, eventsYaml.replace('type: number', 'type: nmber')).map(
      (issue) => issue.file,
    );
    expect(files.filter((file) => file === 'policy.yaml').length).toBeGreaterThanOrEqual(2);
    expect(files).toContain('events.yaml');
  });

  it('refuses an alias bomb', () => {
    const bomb = [
      'a: &a [x,x,x,x,x,x,x,x,x]',
      ...'bcdefgh'.split('').map((c, i) => `${c}: &${c} [${Array(9).fill(`*${'abcdefgh'[i]}`).join(',')}]`),
    ].join('\n');
    expect(() => parse(bomb)).toThrow();
  });
});
