import type { Locale } from '#lib/i18n/index.ts';
import { type SlackBlock, type SlackEdit, textBlocks } from '#lib/integrations/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { RequiredRollback } from '#lib/rollouts/index.ts';
import { escapeFor } from '#lib/templates/index.ts';
import { instant } from '../compose/wording.ts';
import type { SlackPress } from './slack-interaction.ts';

export const PRESS_REFUSALS = ['unknown_person', 'permission_missing', 'unknown_request', 'not_now'] as const;
export type PressRefusal = (typeof PRESS_REFUSALS)[number];

/** What became of a press. */
export type PressResult =
  | { result: 'confirmed' | 'declined' | 'answered_before'; request: RequiredRollback }
  | { result: 'refused'; refusal: PressRefusal; detail: string };

const WORDS = {
  ja: {
    reason: { confirm: 'Slack のボタンで確認', decline: 'Slack のボタンで「今はしない」' },
    executed: '✅ *ロールバックを実行しました*',
    declined: '⏸ *今はしない*',
    withdrawn: '↩ *ロールバックは不要になりました*',
    recorded: '📋 *記録のみです*',
    open: '⏳ *判断待ちです*',
    before: 'すでに回答されています。',
    refused: {
      unknown_person:
        'あなたの Slack アカウントは Phasegate の人に結び付けられていません。管理者に依頼してください。何も変更していません。',
      permission_missing: 'あなたのロールには、この判断の権限がありません。何も変更していません。',
      unknown_request: 'この依頼は存在しません。何も変更していません。',
      not_now: '実行できませんでした。何も変更していません。',
    },
  },
  en: {
    reason: { confirm: 'confirmed by button in Slack', decline: '“not now” by button in Slack' },
    executed: '✅ *Rolled back*',
    declined: '⏸ *Not now*',
    withdrawn: '↩ *The rollback is no longer required*',
    recorded: '📋 *On record only*',
    open: '⏳ *Waits for a decision*',
    before: 'This was answered before.',
    refused: {
      unknown_person:
        'Your Slack account is linked to nobody in Phasegate. Ask an administrator. Nothing was changed.',
      permission_missing: 'None of your roles may decide this. Nothing was changed.',
      unknown_request: 'There is no such request. Nothing was changed.',
      not_now: 'This could not be done. Nothing was changed.',
    },
  },
} as const;

type Reader = { policy: Policy; locale: Locale };

/** The reason that goes on record with an answer from Slack. */
export const pressReason = (answer: SlackPress['answer'], locale: Locale): string =>
  WORDS[locale].reason[answer];

/** What became of a request: what, who, when, from where to where. The same whenever it is said. Pure. */
export function answerLine(reader: Reader, request: RequiredRollback): string {
  const words = WORDS[reader.locale];
  const by = request.decidedByName === null ? [] : [escapeFor('slack', request.decidedByName)];
  const at = request.decidedAt === null ? [] : [instant(reader, request.decidedAt)];
  const step = request.state === 'executed' ? [`${request.phase} → ${request.toPhase ?? request.phase}`] : [];
  return [words[request.state], ...by, ...at, ...step].join(' / ');
}

/** What the person alone is told; null where the message itself says all. Pure. */
export function whisperOf(reader: Reader, result: PressResult): string | null {
  const words = WORDS[reader.locale];
  switch (result.result) {
    case 'refused':
      return [words.refused[result.refusal], escapeFor('slack', result.detail)].join(' ').trim();
    case 'answered_before':
      return `${words.before} ${answerLine(reader, result.request)}`;
    default:
      return null;
  }
}

/** The message as it shall read once its request is answered: with the answer, without its buttons. Pure. */
export function answeredMessage(
  reader: Reader,
  { message }: Pick<SlackPress, 'message'>,
  request: RequiredRollback,
): SlackEdit {
  const line = answerLine(reader, request);
  const paragraphs = message.paragraphs.length > 0 ? message.paragraphs : [message.text];
  const kept = paragraphs.filter((paragraph) => paragraph !== line && paragraph !== '');
  const blocks: SlackBlock[] = [...kept, line].flatMap((paragraph) => textBlocks(paragraph));
  const link: SlackBlock[] = message.link
    ? [{ type: 'buttons', buttons: [{ ...message.link, action: 'open_dashboard' }] }]
    : [];
  const told = message.text.endsWith(line) ? message.text : `${message.text}\n${line}`;
  return { channel: message.channel, ts: message.ts, text: told, blocks: [...blocks, ...link] };
}
