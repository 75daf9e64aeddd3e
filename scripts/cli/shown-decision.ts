import { z } from 'zod';
import type { PolicyNames } from '#lib/dashboard/index.ts';
import { PolicyNamesSchema } from '#lib/dashboard/rollout-view.schema.ts';
import { AppError } from '#lib/errors/index.ts';
import { type Decision, DecisionSchema } from '#lib/rollouts/index.ts';
import { type Connection, callApi } from './call-api.ts';
import type { CommandIo } from './command-io.ts';
import { decisionText, type Language } from './decision-text.ts';

const NamesSchema = z.object({ names: PolicyNamesSchema });

/** The policy's names for roles, panels, items and freezes. Errors: AppError as the API says it. */
export async function readNames(connection: Connection): Promise<PolicyNames> {
  return NamesSchema.parse(await callApi(connection, { method: 'GET', path: '/api/v1/overview' })).names;
}

/** The decision about a rollout as it is now. Errors: AppError as the API says it. */
export async function readDecision(connection: Connection, rollout: string): Promise<Decision> {
  const path = `/api/v1/rollouts/${encodeURIComponent(rollout)}/decision`;
  const parsed = DecisionSchema.safeParse(await callApi(connection, { method: 'GET', path }));
  if (parsed.success) return parsed.data;
  throw new AppError('UPSTREAM', 'The decision has a form that this command does not know: same release?', {
    reason: 'unreadable_answer',
  });
}

type Agreement = { evidence?: string; yes: boolean; dryRun: boolean; lang: Language };

/**
 * The decision that a person's word binds to: nobody signs what they have not seen. It is shown, and they either name its
 * evidence hash (as `status` printed it), say `--yes` to what is shown now, or answer at the terminal.
 * Errors: AppError CONFLICT `evidence_changed`; VALIDATION `not_agreed`.
 */
export async function decisionToSign(
  io: CommandIo,
  connection: Connection,
  rollout: string,
  agreement: Agreement,
): Promise<Decision> {
  const [decision, names] = await Promise.all([readDecision(connection, rollout), readNames(connection)]);
  io.say(decisionText(decision, agreement.lang, names));
  if (agreement.evidence !== undefined) {
    if (decision.evidenceHash.startsWith(agreement.evidence) && agreement.evidence.length >= 12)
      return decision;
    throw new AppError(
      'CONFLICT',
      `The evidence is not what you name any more; it is ${decision.evidenceHash}. Nothing was signed.`,
      { reason: 'evidence_changed' },
    );
  }
  if (agreement.yes || agreement.dryRun) return decision;
  const answer = await io.ask?.('Is this what you sign? Type yes:');
  if (answer?.trim().toLowerCase() === 'yes') return decision;
  throw new AppError(
    'VALIDATION',
    `Nothing was signed. Look at what is shown, then add --evidence=${decision.evidenceHash} or --yes.`,
    { reason: 'not_agreed' },
  );
}
