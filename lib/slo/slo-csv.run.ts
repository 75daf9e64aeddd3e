import { sloCsv, sloCsvName } from './csv.ts';
import { readSloReport } from './slo-report.run.ts';
import type { SloQuery, SloTable } from './slo-report.schema.ts';

/** The same report as {@link readSloReport} answers, as a CSV file. Errors and null: as there. */
export async function readSloCsv(
  { table, ...query }: SloQuery & { table?: SloTable | undefined },
  now: Date,
): Promise<{ name: string; content: string } | null> {
  const report = await readSloReport(query, now);
  return report && { name: sloCsvName(report, table), content: sloCsv(report, table) };
}
