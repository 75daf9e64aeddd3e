import { countInternalLines, storing } from '#lib/collector/server.ts';
import { publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import { can } from '#lib/identity/index.ts';
import { personNow } from '#lib/identity/server.ts';
import { findPhase, type LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { findRollout } from '#lib/rollouts/server.ts';
import type { Bug, BugOutcome, ReportBug } from './bug.schema.ts';
import { bugOfKey, insertBug } from './bug.store.ts';
import { bugEventLine } from './bug-event.ts';

/** More than any line is long, so that no two reports stand on the same bytes of their source. */
const BYTES_EACH = 4096;

export type ReportBugCommand = ReportBug & {
  actor: { id: string; name: string };
  trigger: string;
  now: Date;
};

/**
 * Keeps a bug that a person reports, and counts it as `bug.reported` in the window and phase it was reported in, in one
 * transaction: once however often it is sent (TEL-9, COL-2). A dry run is kept and counted apart from verdicts (TEL-11).
 * Errors: AppError FORBIDDEN `person_inactive`, `permission_missing`; UNPROCESSABLE `rollout_unknown`; CONFLICT `key_used`
 * for another report under a key that was used before.
 */
export async function reportBug(command: ReportBugCommand): Promise<BugOutcome> {
  const loaded = await loadPolicy();
  return await storing((tx) => reportIn(tx, loaded, command));
}

async function reportIn(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: ReportBugCommand,
): Promise<BugOutcome> {
  const { actor, now, rollout: rolloutId, trigger, ...words } = command;
  const reporter = await personNow(tx, actor.id);
  if (!reporter)
    throw new AppError('FORBIDDEN', 'Only an active person may report a bug, in their own name.', {
      reason: 'person_inactive',
    });
  if (!can(reporter, 'report_bug', loaded.policy))
    throw new AppError('FORBIDDEN', 'None of your roles has the permission report_bug.', {
      reason: 'permission_missing',
    });
  const rollout = await findRollout(rolloutId, tx);
  if (!rollout || !findPhase(loaded.policy, rolloutId, rollout.phase))
    throw new AppError('UNPROCESSABLE', `There is no rollout ${rolloutId}.`, { reason: 'rollout_unknown' });
  const bug = await insertBug(tx, {
    ...words,
    rolloutId,
    phase: rollout.phase,
    reporter,
    trigger,
    at: now,
  });
  if (!bug) return alreadyReported(await bugOfKey(tx, reporter.id, words.key), command);
  await publishLive(tx, { topic: 'rollout', rolloutId });
  await appendAudit(tx, {
    actor: reporter,
    action: 'bug.reported',
    subject: `rollout:${rolloutId}`,
    reason: bug.title,
    details: {
      bug: bug.id,
      number: bug.number,
      severity: bug.severity,
      phase: bug.phase,
      dry_run: bug.dryRun,
      trigger,
    },
    at: now,
  });
  await countInternalLines(
    tx,
    { part: 'bugs', position: bug.number * BYTES_EACH, lines: [bugEventLine(bug)] },
    { policy: loaded.policy, catalogue: loaded.catalogue, now },
  );
  return { outcome: 'reported', bug };
}

function alreadyReported(bug: Bug, asked: ReportBugCommand): BugOutcome {
  const same =
    bug.rolloutId === asked.rollout &&
    bug.severity === asked.severity &&
    bug.title === asked.title &&
    bug.text === asked.text &&
    bug.link === (asked.link ?? null) &&
    bug.dryRun === asked.dryRun;
  if (same) return { outcome: 'already_reported', bug };
  throw new AppError('CONFLICT', `Bug ${bug.number} was reported under this key with other words.`, {
    reason: 'key_used',
  });
}
