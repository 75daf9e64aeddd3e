import { database, disconnectDatabase } from '#lib/database/server.ts';
import { personNow } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { loadDecisionFacts, signPanel } from '#lib/rollouts/server.ts';

const ROLLOUT = 'autosave';
const REVIEWER = 'reviewer@demo.phasegate.test';

/**
 * Signs the panels of the rollout whose run is complete as the demo's reviewer, the way a person would, so that the demo
 * begins where somebody is asked to approve. Only once: whoever withdraws a signature finds it withdrawn at the next start.
 */
async function main(): Promise<void> {
  const user = await database().user.findUnique({ where: { email: REVIEWER }, select: { id: true } });
  const reviewer = user ? await personNow(database(), user.id) : null;
  const loaded = await loadPolicy();
  const now = new Date();
  const facts = await loadDecisionFacts(database(), loaded, ROLLOUT, now);
  if (!facts || !reviewer) return;
  const signedBefore = await database().panelSignOff.count({ where: { rolloutId: ROLLOUT } });
  if (signedBefore > 0 || facts.rollout.state !== 'running') return;
  for (const gate of facts.phase.gates) {
    if (gate.kind !== 'signed_off' || !reviewer.roles.includes(gate.role)) continue;
    for (const panel of gate.panels) {
      await signPanel({
        rolloutId: ROLLOUT,
        panel,
        comment: 'sample: signed when the demo began',
        rolloutVersion: facts.rollout.version,
        policyHash: loaded.hash,
        verdictId: facts.verdicts[0]?.id ?? null,
        actor: reviewer,
        trigger: 'button',
        now,
      });
    }
  }
}

await main();
await disconnectDatabase();
