import { loadPolicy } from '#lib/policy/server.ts';
import { freezeInForce } from './freeze-calendar.ts';
import { outsideHalt } from './outside-halt.run.ts';
import type { StopList } from './stop.schema.ts';
import { endedStops, stopsInForce } from './stop.store.ts';

/** Everything that holds anything now, and what has held it before. Errors: the database's, PolicyError. */
export async function listStops(now: Date): Promise<StopList> {
  const loaded = await loadPolicy();
  const context = { loaded, now };
  const [inForce, history, outside] = await Promise.all([
    stopsInForce(context),
    endedStops(context),
    outsideHalt(),
  ]);
  const { policy } = loaded;
  const calendar = Object.keys(policy.rollouts).flatMap((rolloutId) => {
    const freeze = freezeInForce(policy, rolloutId, now);
    const label = policy.freezes.find(({ id }) => id === freeze?.id)?.label;
    if (!freeze || !label) return [];
    return [
      { rolloutId, id: freeze.id, label, from: freeze.from.toISOString(), to: freeze.to.toISOString() },
    ];
  });
  return { inForce, history, calendar, outside };
}
