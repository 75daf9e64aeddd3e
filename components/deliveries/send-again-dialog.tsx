'use client';

import { useTranslations } from 'next-intl';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { DeliveryRow, Right } from '#lib/dashboard/index.ts';
import { sendAgain } from '#lib/queries/index.ts';
import { useChannelName } from './use-channel-name.ts';
import { useMessageName } from './use-message-name.ts';

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
      description={t(row.state === 'delivered' ? 'againDelivered' : 'againText')}
      submit={{ label: t('again') }}
      reason={{ presets: [t('presetFixed'), t('presetMissed')] }}
      act={({ id }, { reason }) => sendAgain(id, reason)}
      done={({ outcome }) => (
        <Notice tone="good" live title={t(outcome === 'due_again' ? 'againDone' : 'againUnderWay')} />
      )}
      roles={right.roles}
      onClose={onClose}
    />
  );
}
