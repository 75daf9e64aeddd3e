import { z } from 'zod';
import { AppError } from '#lib/errors/index.ts';
import type { Decision, GateCheck } from '#lib/rollouts/index.ts';
import { type Connection, callApi, connect, type Where } from './call-api.ts';
import type { CommandIo } from './command-io.ts';
import { gateText, type Language } from './decision-text.ts';
import { decisionToSign, readDecision } from './shown-decision.ts';

type Common = Where & { target: string; dryRun: boolean; lang: Language };
type Signed = Common & { evidence?: string; yes: boolean };
type Vote = Signed & { comment?: string; minutes?: string; role?: string };

export const approve = (io: CommandIo, options: Vote) => vote(io, options, 'approve');
export const reject = (io: CommandIo, options: Vote) => vote(io, options, 'reject');

/** A yes or no, bound to the decision that was shown (PHA-3). */
async function vote(io: CommandIo, options: Vote, choice: 'approve' | 'reject'): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  // A no protects: it is bound to what is shown, and asks nothing more.
  const agreement = choice === 'reject' ? { ...options, yes: true } : options;
  const shown = await decisionToSign(io, connection, options.target, agreement);
  const { comment, minutes, role, dryRun } = options;
  return await callApi(connection, {
    method: 'POST',
    path: `${rolloutPath(options.target)}/approvals`,
    body: {
      choice,
      ...(comment === undefined ? {} : { comment }),
      ...(minutes === undefined ? {} : { minutesUrl: minutes }),
      ...(role === undefined ? {} : { role }),
      rolloutVersion: shown.rolloutVersion,
      policyHash: shown.policyHash,
      evidenceHash: shown.evidenceHash,
      dryRun,
    },
  });
}

/** The last click (DASH-5). */
export async function promote(io: CommandIo, options: Signed & { reason: string }): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const shown = await decisionToSign(io, connection, options.target, options);
  return await callApi(connection, {
    method: 'POST',
    path: `${rolloutPath(options.target)}/promotion`,
    body: {
      fromPhase: shown.phase,
      expectedVersion: shown.rolloutVersion,
      evidenceHash: shown.evidenceHash,
      reason: options.reason,
      dryRun: options.dryRun,
    },
  });
}

/** Takes back a yes or no of one's own. */
export async function withdraw(io: CommandIo, options: Common & { id?: string }): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const { target, id, dryRun } = options;
  const which = id ?? (await ownVote(connection, target));
  if (dryRun) return { outcome: 'would_withdraw', rollout: target, approval: which };
  return await callApi(connection, {
    method: 'DELETE',
    path: `${rolloutPath(target)}/approvals/${encodeURIComponent(which)}`,
  });
}

type SignOff = Common & { panel: string; comment?: string; link?: string };

/** Signs a panel as it is now: this policy, this version, the newest verdict (DASH-1 … DASH-4). */
export async function signOff(io: CommandIo, options: SignOff): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const [decision, page] = await Promise.all([
    readDecision(connection, options.target),
    readPage(connection, options.target),
  ]);
  const { panel, comment, link, dryRun } = options;
  return await callApi(connection, {
    method: 'POST',
    path: `${rolloutPath(options.target)}/sign-offs`,
    body: {
      panel,
      ...(comment === undefined ? {} : { comment }),
      ...(link === undefined ? {} : { link }),
      rolloutVersion: page.version,
      policyHash: decision.policyHash,
      verdictId: page.verdictId,
      dryRun,
    },
  });
}

/** What a rollout's page shows, as far as words given here are bound to it. */
const PageSchema = z.object({
  version: z.int(),
  verdictId: z.string().nullable(),
  approvals: z.object({ votes: z.array(z.object({ id: z.string(), mine: z.boolean() })) }),
});

async function readPage(connection: Connection, target: string): Promise<z.infer<typeof PageSchema>> {
  return PageSchema.parse(await callApi(connection, { method: 'GET', path: rolloutPath(target) }));
}

async function ownVote(connection: Connection, target: string): Promise<string> {
  const page = await readPage(connection, target);
  const mine = page.approvals.votes.find((given) => given.mine);
  if (mine) return mine.id;
  throw new AppError('CONFLICT', `No yes or no of yours is in force for ${target}.`, {
    reason: 'nothing_to_withdraw',
  });
}

type Answer = Common & { list?: string; item?: string; answer?: string; comment?: string };

/** Answers an item that no machine can answer (PHA-7); without one, says what is open. */
export async function answerChecklist(io: CommandIo, options: Answer): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const decision = await readDecision(connection, options.target);
  const { list, item, answer, comment, dryRun } = options;
  if (item === undefined) {
    const gates = decision.gates.filter((gate) => gate.kind === 'checklist');
    for (const gate of gates) io.say(gateText(gate, options.lang));
    return { rollout: options.target, checklists: gates };
  }
  return await callApi(connection, {
    method: 'POST',
    path: `${rolloutPath(options.target)}/checklist`,
    body: {
      list: list ?? onlyChecklist(decision),
      item,
      answer,
      ...(comment === undefined ? {} : { comment }),
      rolloutVersion: decision.rolloutVersion,
      dryRun,
    },
  });
}

function onlyChecklist(decision: Decision): string {
  const lists = decision.gates.filter((gate) => gate.kind === 'checklist').map(listOf);
  const [only] = lists;
  if (only !== undefined && lists.length === 1) return only;
  throw new AppError(
    'VALIDATION',
    `Name the checklist with --list: ${lists.join(', ') || 'there is none'}.`,
    {
      reason: 'list_missing',
    },
  );
}

const listOf = (gate: GateCheck) => gate.id.slice(gate.id.indexOf(':') + 1);

/** The address of what belongs to a rollout. */
export function rolloutPath(target: string): string {
  return `/api/v1/rollouts/${encodeURIComponent(target)}`;
}
