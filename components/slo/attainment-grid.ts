import type { Attainment, SloReport } from '#lib/slo/slo-report.schema.ts';

type AttainmentGrid = {
  /** Oldest first, as time runs. */
  months: string[];
  rows: { phase: SloReport['phases'][number]; cells: (Attainment | null)[] }[];
};

/** Attainment as a table of phases by months; a phase that was not on in a month has no cell. */
export function attainmentGrid({
  attainment,
  phases,
}: Pick<SloReport, 'attainment' | 'phases'>): AttainmentGrid {
  const months = [...new Set(attainment.map(({ month }) => month))].sort();
  const known = new Set(phases.map(({ id }) => id));
  // A phase that the policy has dropped since goes by its id.
  const dropped = [...new Set(attainment.map(({ phase }) => phase))].filter((id) => !known.has(id));
  const all = [...phases, ...dropped.map((id) => ({ id, label: { ja: id, en: id } }))];
  return {
    months,
    rows: all
      .filter(({ id }) => attainment.some(({ phase }) => phase === id))
      .map((phase) => ({
        phase,
        cells: months.map(
          (month) => attainment.find((each) => each.month === month && each.phase === phase.id) ?? null,
        ),
      })),
  };
}
