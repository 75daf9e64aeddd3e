/**
 * Whether pages of a rollout say `rollback_active` (INC-3): while an incident is open, and for one cycle after it was closed.
 * `cycleSeconds`: the length of a window. Pure.
 */
export function rollbackActive(
  incidents: readonly { closedAt: Date | null }[],
  cycleSeconds: number,
  now: Date,
): boolean {
  return incidents.some(
    ({ closedAt }) => closedAt === null || now.getTime() < closedAt.getTime() + cycleSeconds * 1000,
  );
}
