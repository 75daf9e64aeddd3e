'use client';

import { useTranslations } from 'next-intl';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { DeliveryRow, Right } from '#lib/dashboard/index.ts';
import { sendAgain } from '#lib/queries/index.ts';
import { useChannelName } from './use-channel-name.ts';
import { useMessageName } from './use-message-name.ts';

/** What the person is told beforehand: of what is over, what each channel makes of it. */
function descriptionOf({ over, sink, state }: DeliveryRow) {
  if (over && sink === 'slack') return 'againOverSlack';
  if (over && sink === 'pagerduty') return 'againOverPagerDuty';
  if (over && sink === 'issue') return 'againOverIssue';
  return state === 'delivered' ? 'againDelivered' : 'againText';
}

/** Sends a message to its channel once more, with a reason on record. */
export function SendAgainDialog({
  row,
  right,
  onClose,
}: {
  row: DeliveryRow;
  right: Right;
  onClose: () => void;
}) {
  const t = useTranslations('delivery');
  const messageName = useMessageName();
  const channelName = useChannelName();
  return (
    <ActDialog
      name={`send-again.${row.id}`}
      subject={row}
      title={({ kind, channelName: channel }) =>
        t('againTitle', { kind: messageName(kind), channel: channelName(channel) })
      }
      description={t(descriptionOf(row))}
      submit={{ label: t('again') }}
      reason={{ presets: [t('presetFixed'), t('presetMissed')] }}
      act={({ id }, { reason }) => sendAgain(id, reason)}
      done={({ outcome, callsNobody }) => (
        <Notice tone="good" live title={t(outcome === 'due_again' ? 'againDone' : 'againUnderWay')}>
          {callsNobody ? t('againCallsNobody') : null}
        </Notice>
      )}
      roles={right.roles}
      onClose={onClose}
    />
  );
}
