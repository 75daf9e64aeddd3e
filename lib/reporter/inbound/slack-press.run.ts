import { setTimeout as sleep } from 'node:timers/promises';
import { env, log } from '#lib/config/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { can } from '#lib/identity/index.ts';
import { personOfSlackUser } from '#lib/identity/server.ts';
import { isSlackSignature, type SendResult } from '#lib/integrations/index.ts';
import { type Slack, slackClient } from '#lib/integrations/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { confirmRollback, declineRollback, findRequiredRollback, provenSoon } from '#lib/rollouts/server.ts';
import {
  answeredMessage,
  type PressRefusal,
  type PressResult,
  pressReason,
  whisperOf,
} from './press-words.ts';
import { readSlackPress, type SlackPress } from './slack-interaction.ts';

/** Slack wants an answer within three seconds and shows people an error otherwise. */
const ANSWER_WITHIN_MS = 2_500;
const PAUSES_MS = [1_000, 5_000, 15_000];
const PERMISSION_OF = { confirm: 'roll_back', decline: 'decide_rollback' } as const;

/**
 * Takes what somebody pressed in Slack (ROL-3): the command runs as the person the Slack user is linked to, with their roles of
 * this moment; then the message shows who answered, when and with what result, and loses its buttons. Returns when the
 * command has ended or Slack will not wait longer; the message is changed after that.
 * Errors: AppError UNAUTHENTICATED `signature_invalid` for what is not from Slack or older than five minutes; VALIDATION.
 */
export async function takeSlackInteraction(request: {
  signature: string | null;
  timestamp: string | null;
  rawBody: string;
  now: Date;
}): Promise<void> {
  const { now } = request;
  if (!isSlackSignature(request, env().channels.slackSigningSecrets, now))
    throw new AppError('UNAUTHENTICATED', 'This does not come from Slack, or not from now.', {
      reason: 'signature_invalid',
    });
  const press = readSlackPress(request.rawBody);
  if (press === 'malformed')
    throw new AppError('VALIDATION', 'This is no interaction of Slack.', { reason: 'malformed' });
  if (press === null) return;
  const answered = answer(press, now);
  void show(press, answered);
  await Promise.race([answered, sleep(ANSWER_WITHIN_MS, undefined, { ref: false })]);
}

/** Runs the command behind a press. Errors: the database's. */
async function answer(press: SlackPress, now: Date): Promise<PressResult> {
  const { policy } = await loadPolicy();
  const person = await personOfSlackUser(press.slackUserId);
  if (!person) return refused(press, 'unknown_person');
  if (!can(person, PERMISSION_OF[press.answer], policy)) return refused(press, 'permission_missing');
  const request = await findRequiredRollback(press.requestId);
  if (!request) return refused(press, 'unknown_request');
  const command = {
    rolloutId: request.rolloutId,
    requestId: request.id,
    reason: pressReason(press.answer, policy.reporting.language),
    trigger: 'slack' as const,
    actor: { id: person.id, name: person.name },
    now,
  };
  try {
    if (press.answer === 'confirm') {
      const done = await provenSoon(confirmRollback)(command);
      const result = done.outcome === 'rolled_back' ? 'confirmed' : 'answered_before';
      return { result, request: done.request };
    }
    const done = await declineRollback(command);
    return { result: done.outcome === 'declined' ? 'declined' : 'answered_before', request: done.request };
  } catch (error) {
    if (!(error instanceof AppError)) throw error;
    const meanwhile = await findRequiredRollback(press.requestId);
    if (meanwhile && meanwhile.state !== 'open') return { result: 'answered_before', request: meanwhile };
    return refused(press, 'not_now', error.message);
  }
}

function refused(press: SlackPress, refusal: PressRefusal, detail = ''): PressResult {
  const { slackUserId, answer: pressed, requestId } = press;
  log('slack').warn({ slackUserId, pressed, requestId, refusal, detail }, 'a press in Slack was refused');
  return { result: 'refused', refusal, detail };
}

/** Shows in Slack what became of a press. Never fails: what was done is done, and the page shows it. */
async function show(press: SlackPress, answered: Promise<PressResult>): Promise<void> {
  try {
    const result = await answered;
    const config = env().channels.slack;
    if (!config) return log('slack').warn('a press cannot be shown: SLACK_BOT_TOKEN is not set');
    const { policy } = await loadPolicy();
    await showResult(slackClient(config), policy, press, result);
  } catch (err) {
    log('slack').error({ err, requestId: press.requestId }, 'what became of a press could not be shown');
  }
}

async function showResult(
  slack: Slack,
  policy: Policy,
  press: SlackPress,
  result: PressResult,
): Promise<void> {
  const reader = { policy, locale: policy.reporting.language };
  const { message, slackUserId } = press;
  if (result.result !== 'refused')
    await patiently(() => slack.edit(answeredMessage(reader, press, result.request)));
  const whisper = whisperOf(reader, result);
  if (whisper !== null)
    await patiently(() =>
      slack.whisper({
        channel: message.channel,
        user: slackUserId,
        text: whisper,
        threadTs: message.threadTs,
      }),
    );
}

/** Tries again what may pass. Both effects are harmless when they are repeated. */
async function patiently(act: () => Promise<SendResult>): Promise<void> {
  for (const pauseMs of [...PAUSES_MS, null]) {
    const sent = await act();
    if (sent.outcome === 'delivered') return;
    if (sent.outcome === 'failed' || pauseMs === null)
      return log('slack').warn({ sent }, 'Slack did not show what became of a press');
    const asked = sent.outcome === 'retry' ? (sent.retryAfterSeconds ?? 0) * 1000 : 0;
    await sleep(Math.max(pauseMs, asked), undefined, { ref: false });
  }
}
