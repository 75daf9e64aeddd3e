import { stringify } from 'csv-stringify/sync';
import { Temporal } from 'temporal-polyfill';
import { SLO_TABLES, type SloReport, type SloTable } from './slo-report.schema.ts';

type Cell = string | number | boolean | null;
type CsvTable = {
  columns: readonly string[];
  rows: (report: SloReport) => Readonly<Record<string, Cell>>[];
};

/**
 * A report as CSV (DASH-4): one of its tables, or all of them in one, each row with the table it belongs to and the columns of
 * every table. Times are in two columns, UTC and the policy's zone. For spreadsheets: a byte order mark, CRLF, and an
 * apostrophe before text that would be read as a formula. Pure.
 */
export function sloCsv(report: SloReport, table: SloTable | undefined): string {
  const tables = table === undefined ? SLO_TABLES : [table];
  const columns = ['table', 'rollout', ...new Set(tables.flatMap((name) => TABLES[name].columns))];
  const rows = tables.flatMap((name) =>
    TABLES[name].rows(report).map((row): Readonly<Record<string, Cell>> => {
      return { ...row, table: name, rollout: report.rolloutId };
    }),
  );
  return stringify(
    rows.map((row) => columns.map((column) => row[column] ?? null)),
    {
      header: true,
      columns,
      bom: true,
      escape_formulas: true,
      record_delimiter: 'windows',
      cast: { boolean: (value) => String(value) },
    },
  );
}

/** The name a report's CSV is saved under. */
export function sloCsvName({ rolloutId, period }: SloReport, table: SloTable | undefined): string {
  const span = period.kind === 'month' ? period.month : `rolling-${period.to.slice(0, 10)}`;
  return `slo-${rolloutId}-${span}${table === undefined ? '' : `-${table}`}.csv`;
}

/** As spreadsheets read a time: 2026-11-20 14:00:00. */
function wallClock(at: string | null, zone: string): string | null {
  if (at === null) return null;
  const local = Temporal.Instant.from(at).toZonedDateTimeISO(zone).toPlainDateTime();
  return local.toString({ smallestUnit: 'second' }).replace('T', ' ');
}

type Columns<R> = Readonly<Record<string, (row: R, report: SloReport) => Cell>>;

function tableOf<R>(rowsOf: (report: SloReport) => readonly R[], columns: Columns<R>): CsvTable {
  return {
    columns: Object.keys(columns),
    rows: (report) =>
      rowsOf(report).map((row) =>
        Object.fromEntries(Object.entries(columns).map(([name, cell]) => [name, cell(row, report)])),
      ),
  };
}

/** An instant in both zones. */
function twice<R>(name: string, at: (row: R) => string | null): Columns<R> {
  return {
    [`${name}_utc`]: (row) => wallClock(at(row), 'UTC'),
    [`${name}_local`]: (row, { timezone }) => wallClock(at(row), timezone),
  };
}

type Objective = SloReport['objectives'][number];
const eachOf = <K extends 'burnDown' | 'alerts'>(objective: Objective, member: K) =>
  objective[member].map((row) => ({ objective, row: row as Objective[K][number] }));

const OBJECTIVE: Columns<{ objective: Objective }> = {
  phase: ({ objective }) => objective.phase,
  metric: ({ objective }) => objective.metric,
  basis: ({ objective }) => objective.basis,
};

const TABLES: Readonly<Record<SloTable, CsvTable>> = {
  report: tableOf((report) => [report], {
    timezone: ({ timezone }) => timezone,
    period: ({ period }) => (period.kind === 'month' ? period.month : 'rolling'),
    ...twice('from', ({ period }: SloReport) => period.from),
    ...twice('to', ({ period }: SloReport) => period.to),
    ...twice('generated', ({ generatedAt }: SloReport) => generatedAt),
    ...twice('counted_from', ({ countedFrom }: SloReport) => countedFrom),
    expected_windows: ({ coverage }) => coverage.expectedWindows,
    judged_windows: ({ coverage }) => coverage.judgedWindows,
    told_windows: ({ coverage }) => coverage.toldWindows,
    policies: ({ policyVersions }) => policyVersions.map(({ hash }) => hash).join(' '),
    sha256: ({ contentSha256 }) => contentSha256,
  }),
  objectives: tableOf(({ objectives }) => objectives.map((objective) => ({ objective })), {
    ...OBJECTIVE,
    label_ja: ({ objective }) => objective.label.ja,
    label_en: ({ objective }) => objective.label.en,
    unit: ({ objective }) => objective.unit,
    limit_kind: ({ objective }) => objective.limit?.kind ?? null,
    limit: ({ objective }) => objective.limit?.value ?? null,
    target_ratio: ({ objective }) => objective.budget.targetRatio,
    good: ({ objective }) => objective.budget.goodCount,
    bad: ({ objective }) => objective.budget.badCount,
    allowed_bad: ({ objective }) => objective.budget.allowedBadCount,
    attained_ratio: ({ objective }) => objective.budget.attainedRatio,
    remaining_ratio: ({ objective }) => objective.budget.remainingRatio,
    state: ({ objective }) => objective.budget.state,
    alerts_firing: ({ objective }) => objective.alerts.filter(({ firing }) => firing).length,
  }),
  burn_down: tableOf(({ objectives }) => objectives.flatMap((objective) => eachOf(objective, 'burnDown')), {
    ...OBJECTIVE,
    day: ({ row }) => row.day,
    good: ({ row }) => row.goodCount,
    bad: ({ row }) => row.badCount,
    remaining_ratio: ({ row }) => row.remainingRatio,
  }),
  alerts: tableOf(({ objectives }) => objectives.flatMap((objective) => eachOf(objective, 'alerts')), {
    ...OBJECTIVE,
    severity: ({ row }) => row.severity,
    budget_share: ({ row }) => row.budgetShare,
    long_seconds: ({ row }) => row.longSeconds,
    short_seconds: ({ row }) => row.shortSeconds,
    threshold_rate: ({ row }) => row.thresholdRate,
    long_rate: ({ row }) => row.longBurnRate,
    short_rate: ({ row }) => row.shortBurnRate,
    firing: ({ row }) => row.firing,
    too_few: ({ row }) => row.tooFew,
    exhausted_in_seconds: ({ row }) => row.exhaustedInSeconds,
  }),
  attainment: tableOf(({ attainment }) => attainment, {
    phase: ({ phase }) => phase,
    month: ({ month }) => month,
    met_windows: ({ metWindows }) => metWindows,
    told_windows: ({ toldWindows }) => toldWindows,
    untold_windows: ({ untoldWindows }) => untoldWindows,
    attained_ratio: ({ attainedRatio }) => attainedRatio,
  }),
  steps: tableOf(({ steps }) => steps, {
    timezone: (_, { timezone }) => timezone,
    ...twice('at', ({ at }: { at: string }) => at),
    kind: ({ kind }) => kind,
    from_phase: ({ fromPhase }) => fromPhase,
    to_phase: ({ toPhase }) => toPhase,
    trigger: ({ trigger }) => trigger,
    person: ({ actorName }) => actorName,
    text: ({ reason }) => reason,
    break_glass: ({ breakGlass }) => breakGlass,
    proof: ({ proof }) => proof,
  }),
  incidents: tableOf(({ incidents }) => incidents, {
    timezone: (_, { timezone }) => timezone,
    ...twice('at', ({ openedAt }: { openedAt: string }) => openedAt),
    ...twice('closed', ({ closedAt }: { closedAt: string | null }) => closedAt),
    incident: ({ number }) => number,
    severity: ({ severity }) => severity,
    cause: ({ cause }) => cause,
    phase: ({ phase }) => phase,
  }),
  approvals: tableOf(({ approvals }) => approvals, {
    timezone: (_, { timezone }) => timezone,
    ...twice('at', ({ at }: { at: string }) => at),
    phase: ({ phase }) => phase,
    kind: ({ choice }) => choice,
    role: ({ role }) => role,
    person: ({ personName }) => personName,
    text: ({ comment }) => comment,
    link: ({ minutesUrl }) => minutesUrl,
    ended: ({ endReason }) => endReason,
  }),
  sign_offs: tableOf(({ signOffs }) => signOffs, {
    timezone: (_, { timezone }) => timezone,
    ...twice('at', ({ at }: { at: string }) => at),
    phase: ({ phase }) => phase,
    panel: ({ panel }) => panel,
    role: ({ role }) => role,
    person: ({ personName }) => personName,
    text: ({ comment }) => comment,
    link: ({ link }) => link,
  }),
};
