import type { Policy } from '#lib/policy/index.ts';
import { type Stop, StopSchema } from '#lib/rollouts/index.ts';
import type { PlannedFreeze } from './attention.schema.ts';
import { labelOf } from './tasks.ts';

export type StopRow = {
  id: string;
  epoch: bigint;
  kind: string;
  scope: string;
  reason: string;
  trigger: string;
  personId: string;
  personName: string;
  orderedAt: Date;
  endsAt: Date | null;
  endedAt: Date | null;
  endedBy: string | null;
  warnedAt: Date | null;
  releases: { personId: string; personName: string; reason: string; givenAt: Date }[];
};

/** A stored order as pages show it. Only the kill switch needs more than one person to end it. */
export function stopOf(row: StopRow, policy: Policy, now: Date): Stop {
  const iso = (at: Date | null) => at?.toISOString() ?? null;
  return StopSchema.parse({
    ...row,
    epoch: Number(row.epoch),
    inForce: row.endedAt === null && (row.endsAt === null || row.endsAt > now),
    rule: null,
    orderedAt: row.orderedAt.toISOString(),
    endsAt: iso(row.endsAt),
    endedAt: iso(row.endedAt),
    warnedAt: iso(row.warnedAt),
    releases: row.releases.map(({ personId, personName, reason, givenAt }) => ({
      personId,
      personName,
      reason,
      givenAt: givenAt.toISOString(),
    })),
    releasesNeeded: row.kind === 'kill' ? policy.signatures.rearmSigners : 1,
  });
}

/** The freezes of the calendar that are in force, each once with the rollouts it holds. `rolloutCount`: all there are. */
export function plannedFreezesOf(
  policy: Policy,
  held: readonly { rolloutId: string; freeze: { id: string; from: Date; to: Date } }[],
  rolloutCount: number,
): PlannedFreeze[] {
  return [...new Set(held.map(({ freeze }) => freeze.id))].flatMap((id) => {
    const ours = held.filter(({ freeze }) => freeze.id === id);
    const first = ours[0];
    if (!first) return [];
    return [
      {
        id,
        label: policy.freezes.find((freeze) => freeze.id === id)?.label ?? { ja: id, en: id },
        from: first.freeze.from.toISOString(),
        to: first.freeze.to.toISOString(),
        rollouts: ours.flatMap(({ rolloutId }) => labelOf(policy, rolloutId) ?? []),
        everything: ours.length === rolloutCount,
      },
    ];
  });
}
