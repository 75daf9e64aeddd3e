import type { SloReport } from '#lib/slo/slo-report.schema.ts';

type Text = SloReport['label'];

/** What the policy calls things that a report names by their id. */
export type SloNames = {
  rollouts: readonly { id: string; label: Text }[];
  roles: Readonly<Record<string, Text>>;
  panels: Readonly<Record<string, Text>>;
};
