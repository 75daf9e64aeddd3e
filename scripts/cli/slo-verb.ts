import { SLO_TABLES, SloReportSchema } from '#lib/slo/slo-report.schema.ts';
import { callApi, connect, downloadFile, type Where } from './call-api.ts';
import type { CommandIo } from './command-io.ts';

type Slo = Where & { target: string; month?: string; table?: string; output?: string };

const percent = (ratio: number | null): string => (ratio === null ? '-' : `${(ratio * 100).toFixed(2)} %`);

/**
 * The committee's report of a rollout: as JSON, with a line for each error budget for people; or as CSV in a file (DASH-4).
 */
export async function slo(io: CommandIo, options: Slo): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const { target, month, table, output } = options;
  const asked = Object.entries({ rollout: target, month }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const query = new URLSearchParams(asked);
  if (output !== undefined) {
    if (table !== undefined) query.set('table', table);
    const path = `/api/v1/slo/csv?${query}`;
    return { file: output, bytes: await downloadFile(connection, path, output) };
  }
  const report = SloReportSchema.parse(
    await callApi(connection, { method: 'GET', path: `/api/v1/slo?${query}` }),
  );
  io.say(`${report.rolloutId} ${report.period.from} … ${report.period.to}`);
  for (const { phase, metric, budget, alerts } of report.objectives) {
    const firing = alerts.filter((alert) => alert.firing).map(({ severity }) => severity);
    io.say(
      `  ${phase} ${metric}: ${percent(budget.remainingRatio)} left (${budget.state}), ` +
        `${budget.badCount} of ${budget.allowedBadCount} bad${firing.length > 0 ? `; burns: ${firing.join(', ')}` : ''}`,
    );
  }
  return report;
}

/** What `--table` takes. */
export const SLO_TABLE_NAMES = SLO_TABLES.join(', ');
