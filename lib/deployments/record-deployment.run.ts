import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import type { Deployment, DeploymentOutcome, RecordDeployment } from './deployment.schema.ts';
import { deploymentOfKey, insertDeployment } from './deployment.store.ts';

/** Clocks of pipelines differ a little from ours. */
const FUTURE_TOLERANCE_MS = 5 * 60_000;

export type RecordDeploymentCommand = RecordDeployment & {
  actor: { id: string; name: string };
  trigger: string;
  now: Date;
};

/**
 * Records that something reached the users of a rollout (DASH-1): once for each actor and key, however often it is sent,
 * with an audit row. It decides nothing; charts show it. `now`: when it happened where the body does not say.
 * Errors: AppError UNPROCESSABLE `rollout_unknown`, `in_future`, `too_old`; CONFLICT `key_used` for another deployment
 * under a key that was used before.
 */
export async function recordDeployment(command: RecordDeploymentCommand): Promise<DeploymentOutcome> {
  const { policy } = await loadPolicy();
  if (!Object.hasOwn(policy.rollouts, command.rollout))
    throw new AppError('UNPROCESSABLE', `There is no rollout ${command.rollout}.`, {
      reason: 'rollout_unknown',
    });
  const deployedAt = momentOf(command, policy.retention.verdictsSeconds);
  if (command.dryRun)
    return { outcome: 'would_record', rollout: command.rollout, deployedAt: deployedAt.toISOString() };
  return await inTransaction((tx) => recordIn(tx, command, deployedAt));
}

function momentOf(command: RecordDeploymentCommand, keptSeconds: number): Date {
  const at = command.deployedAt === undefined ? command.now : new Date(command.deployedAt);
  const ahead = at.getTime() - command.now.getTime();
  if (ahead > FUTURE_TOLERANCE_MS)
    throw new AppError('UNPROCESSABLE', 'What has not happened yet cannot be recorded.', {
      reason: 'in_future',
    });
  if (-ahead > keptSeconds * 1000)
    throw new AppError('UNPROCESSABLE', 'No verdict is kept from that time.', { reason: 'too_old' });
  return at;
}

async function recordIn(
  tx: Transaction,
  command: RecordDeploymentCommand,
  deployedAt: Date,
): Promise<DeploymentOutcome> {
  const { actor, now, key, name, version, trigger } = command;
  const deployment = await insertDeployment(tx, {
    key,
    rolloutId: command.rollout,
    name,
    version,
    url: command.url ?? null,
    deployedAt,
    actor,
    now,
  });
  if (!deployment) return alreadyRecorded(await deploymentOfKey(tx, actor.id, key), command);
  await publishLive(tx, { topic: 'rollout', rolloutId: command.rollout });
  await appendAudit(tx, {
    actor,
    action: 'deployment.recorded',
    subject: `rollout:${command.rollout}`,
    reason: '',
    details: {
      deployment: deployment.id,
      name,
      version,
      url: deployment.url,
      deployed_at: deployment.deployedAt,
      trigger,
    },
    at: now,
  });
  return { outcome: 'recorded', deployment };
}

/** Without a time of its own, a repeat is the same deployment whenever it comes. */
function alreadyRecorded(known: Deployment, asked: RecordDeploymentCommand): DeploymentOutcome {
  const same =
    known.rolloutId === asked.rollout &&
    known.name === asked.name &&
    known.version === asked.version &&
    known.url === (asked.url ?? null) &&
    (asked.deployedAt === undefined || Date.parse(asked.deployedAt) === Date.parse(known.deployedAt));
  if (same) return { outcome: 'already_recorded', deployment: known };
  throw new AppError('CONFLICT', `${known.name} ${known.version} was recorded under this key.`, {
    reason: 'key_used',
  });
}
