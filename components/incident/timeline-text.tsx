'use client';

import { useTranslations } from 'next-intl';
import { useMessageName } from '#components/deliveries/use-message-name.ts';
import type { IncidentPage } from '#lib/dashboard/index.ts';

export type TimelineEntry = IncidentPage['detail']['timeline'][number];

/** What an entry of the timeline says: in the reader's language, then in the words of a person or another system. */
export type TimelineText = { told: string; words: string };

/** The text of an entry; what it does not know by name it says as it is on record. */
export function useTimelineText(
  channelNames: IncidentPage['channelNames'],
): (entry: TimelineEntry) => TimelineText {
  const t = useTranslations();
  const messageName = useMessageName();
  return ({ kind, details }) => {
    const text = (name: string): string => {
      const value = details[name];
      return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
    };
    const join = (...parts: string[]) => parts.filter((part) => part !== '').join(' · ');
    const known = (namespace: string, value: string): string => {
      // What is on record may be of an older version: its key is looked for before it is used.
      const key = `${namespace}${value}` as Parameters<typeof t.has>[0];
      return value !== '' && t.has(key) ? t(key) : value;
    };
    const say = (told: string, words = ''): TimelineText => ({ told, words });
    switch (kind) {
      case 'verdict':
        return say(join(known('verdict.', text('verdict')), text('phase')));
      case 'message':
        return say(
          join(
            messageName(text('message')),
            channelNames[text('channel')] ?? known('delivery.', text('channel')),
            known('delivery.state_', text('state')),
            details.again === true ? t('delivery.sentAgain') : '',
          ),
          text('error'),
        );
      case 'request':
        return say(
          join(
            known('notices.cause_', text('cause')),
            [text('phase'), text('to')].filter(Boolean).join(' → '),
          ),
        );
      case 'decision':
        return say(known('incidentPage.decision_', text('decision')), text('reason'));
      case 'change':
        return say(
          join(known('rollout.kind_', text('kind')), `${text('from')} → ${text('to')}`),
          text('reason'),
        );
      case 'proof':
        return say(text('to'));
      case 'stop':
        return say(known('stops.kind_', text('kind')), text('reason'));
      case 'step_done':
        return say(known('incidentPage.step_', text('step')));
      case 'comment':
        return say(known('incidentPage.step_', text('step')), text('comment'));
      case 'owner':
        return say(text('owner'));
      case 'report':
        return say(text('path'));
      case 'rca_shared':
        return say(text('url'));
      case 'opened':
      case 'reopened':
        return say(join(known('incidents.cause_', text('cause')), text('phase')), text('reason'));
      case 'pagerduty':
        return say(
          join(known('incidentPage.pagerDuty_', text('state')), text('by'), text('acknowledged_by')),
        );
      case 'closed':
        return say('', text('reason'));
    }
  };
}
