import { describe, expect, it } from 'vitest';
import { budgetOf } from './budget.ts';
import { sloCsv, sloCsvName } from './csv.ts';
import { SLO_TABLES, type SloReport, SloReportSchema } from './slo-report.schema.ts';

const AT = '2026-10-20T05:00:00.000Z';

const report: SloReport = SloReportSchema.parse({
  rolloutId: 'autosave',
  label: { ja: 'AutoSave 露出率', en: 'AutoSave by exposure' },
  timezone: 'Asia/Tokyo',
  generatedAt: AT,
  period: { kind: 'month', month: '2026-10', from: AT, to: AT, closed: true },
  months: ['2026-10'],
  phases: [{ id: 'A', label: { ja: 'A', en: 'A' } }],
  policyVersions: [{ hash: 'abc', from: AT }],
  coverage: { expectedWindows: 3, judgedWindows: 2, toldWindows: 1 },
  countedFrom: null,
  attainment: [
    { month: '2026-10', phase: 'A', metWindows: 1, toldWindows: 2, untoldWindows: 1, attainedRatio: 0.5 },
  ],
  objectives: [
    {
      phase: 'A',
      metric: 'save_error_rate',
      label: { ja: '保存失敗率', en: 'Save failure rate' },
      unit: 'ratio',
      basis: 'events',
      limit: { kind: 'max', value: 0.01 },
      budget: budgetOf([{ goodCount: 950, badCount: 50, targetRatio: 0.99 }], 0.99, {
        healthy: 0.75,
        observe: 0.5,
        attention: 0.25,
      }),
      burnDown: [
        { day: '2026-10-01', goodCount: 950, badCount: 50, remainingRatio: -4 },
        { day: '2026-10-02', goodCount: 0, badCount: 0, remainingRatio: null },
      ],
      alerts: [],
    },
  ],
  steps: [
    {
      id: 's',
      at: AT,
      kind: 'rollback',
      fromPhase: 'B',
      toPhase: 'A',
      trigger: 'button',
      actorName: '=HYPERLINK("https://evil.example";"press")',
      reason: 'too slow, "very"\nas seen',
      breakGlass: true,
      proof: 'proven',
    },
  ],
  incidents: [],
  approvals: [
    {
      id: 'a',
      at: AT,
      phase: 'A',
      choice: 'approve',
      role: 'sre',
      personName: '＝ＳＵＭ',
      comment: '-1+2',
      minutesUrl: 'https://example.org/m',
      endReason: null,
    },
  ],
  signOffs: [],
  contentSha256: 'f',
  snapshot: null,
});

const linesOf = (table?: (typeof SLO_TABLES)[number]) => sloCsv(report, table).split('\r\n');

describe('the report as CSV', () => {
  it('is text that spreadsheets read as UTF-8 [DASH-4]', () => {
    const csv = sloCsv(report, 'objectives');
    expect(csv.startsWith('\uFEFFtable,rollout,phase,metric,basis,label_ja,')).toBe(true);
    expect(csv).toContain('保存失敗率');
    expect(csv.endsWith('\r\n')).toBe(true);
  });

  it('keeps numbers numbers, below zero, too, and gaps empty [DASH-4]', () => {
    expect(linesOf('burn_down').slice(1, 3)).toEqual([
      'burn_down,autosave,A,save_error_rate,events,2026-10-01,950,50,-4',
      'burn_down,autosave,A,save_error_rate,events,2026-10-02,0,0,',
    ]);
  });

  it('has times in UTC and in the zone of the policy, and quotes what people wrote [DASH-4]', () => {
    expect(linesOf('steps')[1]).toBe(
      `steps,autosave,Asia/Tokyo,2026-10-20 05:00:00,2026-10-20 14:00:00,rollback,B,A,button,"'=HYPERLINK(""https://evil.example"";""press"")","too slow, ""very""\nas seen",true,proven`,
    );
  });

  it('neutralises what a spreadsheet would calculate [DASH-4]', () => {
    expect(linesOf('approvals')[1]).toContain(",'＝ＳＵＭ,'-1+2,https://example.org/m,");
  });

  it('has every table in one, each row with all columns [DASH-4]', () => {
    const [header = '', ...rows] = linesOf();
    const columns = header.split(',').length;
    expect(new Set(header.split(',')).size).toBe(columns);
    expect(rows.map((row) => row.split(',')[0]).filter((name) => name?.match(/^[a-z_]+$/))).toEqual([
      'report',
      'objectives',
      'burn_down',
      'burn_down',
      'attainment',
      'steps',
      'approvals',
    ]);
    expect(rows[0]?.split(',')).toHaveLength(columns);
  });

  it.each(SLO_TABLES)('has the header of %s also without rows', (table) => {
    const empty = { ...report, objectives: [], attainment: [], steps: [], approvals: [] };
    expect(sloCsv(empty, table)).toMatch(/^\uFEFFtable,rollout,\w+/);
  });

  it('is saved under a name that says what of', () => {
    expect(sloCsvName(report, undefined)).toBe('slo-autosave-2026-10.csv');
    expect(sloCsvName({ ...report, period: { kind: 'rolling', from: AT, to: AT } }, 'steps')).toBe(
      'slo-autosave-rolling-2026-10-20-steps.csv',
    );
  });
});
