import { describe, expect, it } from 'vitest';
import { SloReportSchema } from '#lib/slo/slo-report.schema.ts';
import { attainmentGrid } from './attainment-grid.ts';
import { decisionLogOf } from './decision-log-of.ts';
import { reportAnswerOf } from './report-answer-of.ts';
import { objectiveOf, reportOf } from './slo-report.fixture.ts';

const step = {
  id: 's1',
  at: '2026-10-10T01:00:00.000Z',
  kind: 'rollback',
  fromPhase: 'B',
  toPhase: 'A',
  trigger: 'button',
  actorName: 'On-call',
  reason: 'errors',
  breakGlass: true,
  proof: 'proven',
} as const;
const approval = {
  id: 'a1',
  at: '2026-10-12T01:00:00.000Z',
  phase: 'A',
  choice: 'approve',
  role: 'sre',
  personName: 'SRE',
  comment: '',
  minutesUrl: 'https://minutes.example/1',
  endReason: null,
} as const;
const incident = {
  id: '0199a1b2-0000-7000-8000-000000000001',
  number: 1,
  severity: 'major',
  cause: 'slo_violation',
  phase: 'B',
  openedAt: '2026-10-10T00:30:00.000Z',
  closedAt: null,
} as const;

it('tests with a report as the server makes it', () => {
  expect(() => SloReportSchema.parse(reportOf({ steps: [step], incidents: [incident] }))).not.toThrow();
});

describe('the answer in one sentence [DASH-4]', () => {
  it('says within budget and names the objective with the least left', () => {
    const answer = reportAnswerOf(reportOf({ steps: [step], incidents: [incident] }));
    expect(answer).toMatchObject({
      kind: 'within',
      countedCount: 2,
      spentCount: 0,
      rollbackCount: 1,
      openIncidentCount: 1,
      firingCount: 0,
    });
    expect(answer.worst?.metric).toBe('save_error_rate');
  });

  it('says that a budget is gone from exactly zero on', () => {
    const gone = objectiveOf({ phase: 'A', metric: 'gone' }, [10]);
    const nearly = objectiveOf({ phase: 'A', metric: 'nearly' }, [9]);
    expect(reportAnswerOf(reportOf({ objectives: [gone, nearly] }))).toMatchObject({
      kind: 'spent',
      spentCount: 1,
    });
    expect(reportAnswerOf(reportOf({ objectives: [nearly] })).kind).toBe('within');
  });

  it('never takes what was not measured for kept', () => {
    const unknown = objectiveOf({ phase: 'A', metric: 'm' }, [null]);
    expect(reportAnswerOf(reportOf({ objectives: [unknown] }))).toMatchObject({ kind: 'none', worst: null });
  });
});

describe('attainment by phase and month [DASH-4]', () => {
  const cell = (month: string, phase: string) => ({
    month,
    phase,
    metWindows: 9,
    toldWindows: 10,
    untoldWindows: 1,
    attainedRatio: 0.9,
  });

  it('has months in the order of time and a hole where a phase was not on', () => {
    const { phases } = reportOf();
    const grid = attainmentGrid({ phases, attainment: [cell('2026-11', 'B'), cell('2026-10', 'A')] });
    expect(grid.months).toEqual(['2026-10', '2026-11']);
    expect(grid.rows.map(({ phase, cells }) => [phase.id, cells.map((each) => each?.month ?? null)])).toEqual(
      [
        ['A', ['2026-10', null]],
        ['B', [null, '2026-11']],
      ],
    );
  });

  it('keeps a phase that the policy has dropped since', () => {
    const grid = attainmentGrid({ phases: [], attainment: [cell('2026-10', 'Z')] });
    expect(grid.rows.map(({ phase }) => phase.id)).toEqual(['Z']);
  });
});

it('logs steps, votes and sign-offs newest first, and knows the overrides [DASH-4]', () => {
  const log = decisionLogOf({
    steps: [step],
    approvals: [approval, { ...approval, id: 'a2', choice: 'reject', at: '2026-10-09T01:00:00.000Z' }],
    signOffs: [],
  });
  expect(log.map(({ kind, isOverride }) => [kind, isOverride])).toEqual([
    ['approval', false],
    ['step', true],
    ['approval', true],
  ]);
});
