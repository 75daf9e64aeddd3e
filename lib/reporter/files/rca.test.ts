import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import { renderReport } from '#lib/templates/index.ts';
import { loadReportTemplate } from '#lib/templates/server.ts';
import { isUntouched, sealed } from './draft-seal.ts';
import { type RcaFacts, rcaValues } from './rca-values.ts';
import { alertPath, rcaPath } from './report-paths.ts';

const { policy } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});
const share = (exposureRatio: number) => ({
  'autosave.enabled': { value: true, audience: 'exposure' as const, exposureRatio },
});
const event = (at: string, kind: 'verdict' | 'comment' | 'change', actorName: string, details: object) => ({
  id: '01a1fe5e-d199-722a-affb-6a0a6b820303',
  at,
  kind,
  actorName,
  details: { ...details } as Record<string, string>,
});
const facts: RcaFacts = {
  policy,
  locale: 'en',
  appUrl: 'https://phasegate.example',
  incident: {
    id: '01a1fe5e-d199-722a-affb-6a0a6b820301',
    number: 7,
    rolloutId: 'autosave',
    phase: 'B',
    cause: 'slo_violation',
    severity: 'major',
    state: 'open',
    openedAt: '2026-11-20T06:01:00.000Z',
    verdictId: null,
    details: {},
    closedAt: null,
    closedByName: null,
    closeReason: null,
  },
  ownerName: 'Sato',
  rcaDueAt: new Date('2026-11-24T09:00:00Z'),
  verdict: {
    windowStart: new Date('2026-11-20T05:45:00Z'),
    windowEnd: new Date('2026-11-20T06:00:00Z'),
    metrics: [
      {
        metric: 'autosave_p95',
        unit: 'ms',
        value: 2400,
        limit: 2000,
        limit_kind: 'max',
        warn_at: 1600,
        samples: 312,
        verdict: 'violation',
        met: false,
        shadow: false,
        reason: 'past_limit',
        detail: {},
        window_seconds: 900,
      },
    ],
  },
  change: {
    fromPhase: 'B',
    toPhase: 'A',
    actorName: 'Suzuki',
    trigger: 'cli',
    flagsBefore: share(0.3),
    flagsAfter: share(0.05),
    createdAt: new Date('2026-11-20T06:09:00Z'),
  },
  timeline: [
    event('2026-11-20T06:01:00.000Z', 'verdict', 'Phasegate', { verdict: 'violation', phase: 'B' }),
    event('2026-11-20T06:09:00.000Z', 'change', 'Suzuki', { kind: 'rollback', from: 'B', to: 'A' }),
    event('2026-11-20T06:12:00.000Z', 'comment', 'Sato', { step: 'rca', comment: 'see #12\n<b>@all</b>' }),
  ],
  alerts: ['reports/alerts/20261120T060100000Z.md'],
};

describe('the draft of an RCA', () => {
  it('says timeline, metrics, flags before and after, owner and due date, to the letter [ROL-6]', async () => {
    const text = renderReport(await loadReportTemplate('rca'), 'en', rcaValues(facts));
    expect(
      text.split('\n## Direct cause')[0]?.replaceAll(/[\u00a0\u202f]/g, ' '),
    ).toBe(`# Root cause analysis (draft) Incident-007 AutoSave by exposure Broad 30 %

| Item | Value |
| --- | --- |
| Incident | [Incident-007](https://phasegate.example/incidents/01a1fe5e-d199-722a-affb-6a0a6b820301) |
| Severity | major |
| Kind of cause | SLO violation |
| Opened | 20/11/2026, 15:01:00 JST |
| Closed | — |
| Owner | Sato |
| Shared by | 24/11/2026, 18:00:00 JST |
| Alerts | \`reports/alerts/20261120T060100000Z.md\` |

## Metrics

Window: 20 Nov, 14:45–15:00 JST

- ■ Save latency P95: 2,400 ms (≤ 2,000 ms, n=312)

## Flags

Rollback: B → A (Suzuki, cli, 20/11/2026, 15:09:00 JST)

- Before: autosave.enabled=true (30 %)
- After: autosave.enabled=true (5 %)

## Timeline

- 20/11/2026, 15:01:00 JST verdict (Phasegate): verdict=violation, phase=B
- 20/11/2026, 15:09:00 JST phase changed (Suzuki): kind=rollback, from=B, to=A
- 20/11/2026, 15:12:00 JST comment (Sato): step=rca, comment=see #\u200b12 &lt;b>@\u200ball&lt;/b>
`);
  });

  it('is made in Japanese, and before anything is known, with nothing empty [REP-4] [ROL-6]', async () => {
    const early = {
      ...facts,
      locale: 'ja' as const,
      ownerName: null,
      verdict: null,
      change: null,
      alerts: [],
    };
    const text = renderReport(await loadReportTemplate('rca'), 'ja', rcaValues({ ...early, timeline: [] }));
    expect(text).toContain('| 担当 | （未定） |');
    expect(text).toContain('- 前: —');
    expect(text).not.toMatch(/\{\{|undefined|null/);
  });

  it('knows whether a person has written in it, whatever its text [ROL-6]', () => {
    fc.assert(
      fc.property(fc.string(), fc.string({ minLength: 1 }), fc.nat(), (draft, typed, at) => {
        const text = sealed(draft);
        expect(isUntouched(text)).toBe(true);
        const place = at % text.length;
        const edited = `${text.slice(0, place)}${typed}${text.slice(place)}`;
        expect(isUntouched(edited)).toBe(false);
      }),
      { numRuns: 300 },
    );
    expect(isUntouched('a report of before there were seals')).toBe(false);
  });
});

describe('the path of a report', () => {
  it('is the instant of the alert, or the key of the incident with the day in the policy’s zone [REP-5]', () => {
    expect(alertPath(new Date('2026-11-21T09:03:00.123Z'), null)).toBe(
      'reports/alerts/20261121T090300123Z.md',
    );
    expect(alertPath(new Date('2026-11-21T09:03:00.123Z'), 12)).toBe(
      'reports/alerts/20261121T090300123Z-Incident-012.md',
    );
    expect(rcaPath(1, new Date('2026-11-21T14:59:59Z'), 'Asia/Tokyo')).toBe(
      'reports/rca/Incident-001-2026-11-21.md',
    );
    expect(rcaPath(1, new Date('2026-11-21T15:00:00Z'), 'Asia/Tokyo')).toBe(
      'reports/rca/Incident-001-2026-11-22.md',
    );
  });
});
