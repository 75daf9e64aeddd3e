import { inTransaction, publishLive, type Transaction } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { appendAudit } from '#lib/evidence/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy, recordPolicyVersion } from '#lib/policy/server.ts';
import { requireFacts } from '../people/facts.store.ts';
import { keepAsRead, keepFromMoving, takeTurn } from '../people/hold-rollout.store.ts';
import { requirePerson } from '../people/person.store.ts';
import type { Rollout, Trigger } from '../rollout.schema.ts';
import type { NoteDifference } from './decision-note.schema.ts';
import { checkDecisionNote } from './decision-note.store.ts';
import { incidentsThatDiffer } from './incident-log.store.ts';
import { planSignOff, type SignOffRefusal } from './plan-sign-off.ts';
import type { SignOffOutcome, WithdrawSignOffOutcome } from './sign-off.schema.ts';
import { endSignOff, findSignOff, insertSignOff, standingSignOff, verdictsOfStay } from './sign-off.store.ts';

export type SignPanelCommand = {
  rolloutId: string;
  panel: string;
  comment: string;
  link?: string | undefined;
  /** What the person was shown. */
  rolloutVersion: number;
  policyHash: string;
  verdictId: string | null;
  actor: { id: string; name: string };
  trigger: Trigger;
  now: Date;
  dryRun?: boolean;
};

/**
 * A reviewer's signature under a panel (DASH-1 … DASH-4), bound to the phase, the policy and the verdict it showed; one per
 * person and panel. Safe to repeat. Errors: AppError NOT_FOUND; FORBIDDEN `person_inactive`, `permission_missing`,
 * `role_missing`; CONFLICT `moved_on`, `policy_changed`, `not_now`, `record_differs`, `note_differs`; UNPROCESSABLE `panel_not_asked`, `verdict_not_shown`.
 */
export async function signPanel(command: SignPanelCommand): Promise<SignOffOutcome> {
  const loaded = await loadPolicy();
  return inTransaction((tx) => signIn(tx, loaded, command));
}

async function signIn(
  tx: Transaction,
  loaded: LoadedPolicy,
  command: SignPanelCommand,
): Promise<SignOffOutcome> {
  const { rolloutId, panel, now } = command;
  await takeTurn(tx, rolloutId);
  const person = await requirePerson(tx, command.actor.id, 'sign_off', loaded.policy);
  const facts = await requireFacts(tx, loaded, rolloutId, now);
  const { rollout } = facts;
  requireSeen(command, rollout, loaded.hash);
  const plan = planSignOff(facts, { panel, personRoles: person.roles });
  if ('refused' in plan) throw refusalOf(command, plan);
  const standing = await standingSignOff(tx, {
    rolloutId,
    rolloutVersion: rollout.version,
    panel,
    personId: person.id,
  });
  if (standing?.policyHash === loaded.hash) return { outcome: 'already_signed', signOff: standing };
  const verdicts = await verdictsOfStay(tx, rollout, command.verdictId);
  if (verdicts.any ? !verdicts.shown : command.verdictId !== null)
    throw new AppError('UNPROCESSABLE', 'Sign what the panel shows: a verdict of this phase.', {
      reason: 'verdict_not_shown',
    });
  await requireAgreement(tx, loaded, { panel, rollout });
  if (command.dryRun) return { outcome: 'would_sign', panel, role: plan.role };
  await keepAsRead(tx, rollout);
  await recordPolicyVersion(tx, loaded, 'governance files');
  if (standing) await endSignOff(tx, { id: standing.id, reason: 'policy_changed', at: now });
  const signOff = await insertSignOff(tx, {
    rolloutId,
    phase: rollout.phase,
    rolloutVersion: rollout.version,
    policyHash: loaded.hash,
    panel,
    role: plan.role,
    comment: command.comment,
    link: command.link ?? null,
    verdictId: command.verdictId,
    person,
    givenAt: now,
  });
  await publishLive(tx, { topic: 'rollout', rolloutId });
  await appendAudit(tx, {
    actor: person,
    action: 'panel.signed_off',
    subject: `rollout:${rolloutId}`,
    reason: command.comment,
    details: {
      signOff: signOff.id,
      panel,
      phase: rollout.phase,
      version: rollout.version,
      role: plan.role,
      policyHash: loaded.hash,
      verdictId: command.verdictId,
      link: signOff.link,
      trigger: command.trigger,
    },
    at: now,
  });
  return { outcome: 'signed', signOff };
}

export type WithdrawSignOffCommand = {
  rolloutId: string;
  signOffId: string;
  actor: { id: string; name: string };
  trigger: Trigger;
  now: Date;
};

/**
 * Takes back a signature of one's own; taking it back twice is harmless.
 * Errors: AppError NOT_FOUND; FORBIDDEN `not_yours`, `person_inactive`.
 */
export async function withdrawSignOff(command: WithdrawSignOffCommand): Promise<WithdrawSignOffOutcome> {
  const { rolloutId, signOffId, trigger, now } = command;
  const { policy } = await loadPolicy();
  return inTransaction(async (tx) => {
    await takeTurn(tx, rolloutId);
    const person = await requirePerson(tx, command.actor.id, 'view', policy);
    const signOff = await findSignOff(signOffId, tx);
    if (signOff?.rolloutId !== rolloutId)
      throw new AppError('NOT_FOUND', 'There is no such signature on this rollout.');
    if (signOff.personId !== person.id)
      throw new AppError('FORBIDDEN', 'Only who signed may take it back.', { reason: 'not_yours' });
    await keepFromMoving(tx, rolloutId);
    if (signOff.endedAt !== null) return { outcome: 'already_ended', signOff };
    const ended = await endSignOff(tx, { id: signOffId, reason: 'withdrawn', at: now });
    if (ended.endReason !== 'withdrawn') return { outcome: 'already_ended', signOff: ended };
    await publishLive(tx, { topic: 'rollout', rolloutId });
    await appendAudit(tx, {
      actor: person,
      action: 'panel.sign_off_withdrawn',
      subject: `rollout:${rolloutId}`,
      reason: '',
      details: { signOff: signOffId, panel: signOff.panel, phase: signOff.phase, trigger },
      at: now,
    });
    return { outcome: 'withdrawn', signOff: ended };
  });
}

/** Nothing is signed that the records contradict, where the policy asks for that (DASH-2, DASH-3). */
async function requireAgreement(
  tx: Transaction,
  { policy }: LoadedPolicy,
  { panel, rollout }: { panel: string; rollout: Rollout },
): Promise<void> {
  const shown = policy.panels[panel];
  switch (shown?.signOffNeeds) {
    case 'incident_log': {
      const differing = await incidentsThatDiffer(tx, rollout);
      if (differing.length > 0) throw recordDiffers(differing);
      return;
    }
    case 'decision_note': {
      const { differs } = await checkDecisionNote(rollout, [...shown.chart, ...shown.figures], tx);
      if (differs.length > 0) throw noteDiffers(rollout, differs);
    }
  }
}

function requireSeen(command: SignPanelCommand, rollout: Rollout, policyHash: string): void {
  if (command.rolloutVersion !== rollout.version)
    throw new AppError(
      'CONFLICT',
      `${rollout.id} is in ${rollout.phase}, version ${rollout.version}; you saw version ${command.rolloutVersion}.`,
      { reason: 'moved_on' },
    );
  if (command.policyHash !== policyHash)
    throw new AppError('CONFLICT', 'Another policy is in force than the one the panel was shown with.', {
      reason: 'policy_changed',
    });
}

function recordDiffers(numbers: readonly number[]): AppError {
  return new AppError(
    'CONFLICT',
    `The log of ${numbers.map((number) => `incident ${number}`).join(', ')} and reports/alerts do not agree yet; the files are kept within a minute.`,
    { reason: 'record_differs' },
  );
}

function noteDiffers({ id, phase }: Rollout, differs: readonly NoteDifference[]): AppError {
  return new AppError(
    'CONFLICT',
    `The decision note of ${id} in ${phase} and the records do not agree: ${differs.map(({ metric, item }) => metric ?? item).join(', ')}.`,
    {
      reason: 'note_differs',
      issues: differs.map(({ item, metric, noted, recorded }) => ({
        field: metric ?? item,
        message: `noted ${noted ?? 'nothing'}, on record ${recorded ?? 'nothing'}`,
      })),
    },
  );
}

function refusalOf({ rolloutId, panel }: SignPanelCommand, refusal: SignOffRefusal): AppError {
  switch (refusal.refused) {
    case 'not_now':
      return new AppError('CONFLICT', `${rolloutId} asks nobody for a signature now.`, { reason: 'not_now' });
    case 'panel_not_asked':
      return new AppError(
        'UNPROCESSABLE',
        `The phase of ${rolloutId} asks for no signature under ${panel}.`,
        {
          reason: 'panel_not_asked',
        },
      );
    case 'role_missing':
      return new AppError('FORBIDDEN', `${panel} is signed by ${refusal.needs.join(', ')}.`, {
        reason: 'role_missing',
      });
  }
}
