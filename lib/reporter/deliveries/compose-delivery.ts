import { type SlackBlock, textBlocks } from '#lib/integrations/index.ts';
import type { MessageCause } from '#lib/outbox/index.ts';
import { isOver } from '../compose/is-over.ts';
import type { MessageFacts } from '../compose/message-facts.ts';
import { incidentKey } from '../compose/wording.ts';

const BUTTONS = {
  ja: { confirm: 'ロールバックを確認', decline: '今はしない', open: 'ダッシュボードを開く' },
  en: { confirm: 'Confirm rollback', decline: 'Not now', open: 'Open dashboard' },
} as const;

/** A Slack message: its text as sections, and buttons where a person is asked (the value names the request they answer). Pure. */
export function slackBlocks(cause: MessageCause, text: string, facts: MessageFacts): SlackBlock[] {
  const words = BUTTONS[facts.locale];
  const open = {
    label: words.open,
    action: 'open_dashboard',
    url: facts.rolloutId ? `${facts.appUrl}/rollouts/${facts.rolloutId}` : facts.appUrl,
  };
  const asks =
    cause.kind === 'autosave-incident' &&
    cause.requestId !== null &&
    facts.request?.toPhase != null &&
    !isOver(facts);
  return [
    ...textBlocks(text),
    {
      type: 'buttons',
      buttons: asks
        ? [
            {
              label: words.confirm,
              action: 'confirm_rollback',
              value: cause.requestId ?? '',
              style: 'danger',
            },
            { label: words.decline, action: 'decline_rollback', value: cause.requestId ?? '' },
            open,
          ]
        : [open],
    },
  ];
}

/** What PagerDuty is to do with a kind of message: open, update or resolve an incident of theirs, or note a change. */
export type PagerDutyAct =
  | { act: 'trigger' | 'acknowledge' | 'resolve'; dedupKey: string }
  | { act: 'change' };

/**
 * One PagerDuty incident per incident of ours and per stop, whatever number of messages (REP-1). What belongs to neither is done
 * and noted: a call that nothing of ours ends would stay with on-call. So is what arrives when its incident is closed or its
 * switch re-armed, and a closing that is sent `again` of an incident that is open once more. Pure.
 */
export function pagerDutyAct(cause: MessageCause, facts: MessageFacts, again: boolean): PagerDutyAct {
  const over = isOver(facts);
  if ('stopId' in cause) {
    const dedupKey = `phasegate:stop:${cause.stopId}`;
    if (cause.kind === 're-armed') return { act: 'resolve', dedupKey };
    return over ? { act: 'change' } : { act: 'trigger', dedupKey };
  }
  if (cause.kind === 'promotion' || !facts.incident) return { act: 'change' };
  const dedupKey = `phasegate:${incidentKey(facts.incident.number)}`;
  if (cause.kind === 'incident-closed')
    return again && !over ? { act: 'change' } : { act: 'resolve', dedupKey };
  if (over) return { act: 'change' };
  return { act: cause.kind === 'owner-named' ? 'acknowledge' : 'trigger', dedupKey };
}

/** The title of an issue: what happened to whom. */
export function issueTitle(cause: MessageCause, facts: MessageFacts): string {
  const about = [facts.rolloutId, facts.phase].filter((part) => part !== null).join(' ');
  const mark = facts.rehearsal ? '[dry_run=true] ' : '';
  return `${mark}${facts.incident ? incidentKey(facts.incident.number) : cause.kind}: ${about}`;
}
