'use client';

import { useTranslations } from 'next-intl';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { RequiredRollback, Right } from '#lib/dashboard/index.ts';
import { declineRollback } from '#lib/queries/index.ts';
import { CauseList } from './cause-text.tsx';

const PRESETS = ['known', 'measuring', 'mending'] as const;

/** "Not now" to a required rollback: users stay exposed, so it takes a reason of one's own choice (ROL-3). */
export function DeclineDialog({
  rolloutId,
  rolloutName,
  required,
  right,
  onClose,
}: {
  rolloutId: string;
  rolloutName: string;
  required: RequiredRollback;
  right: Right;
  onClose: () => void;
}) {
  const t = useTranslations('notices');
  return (
    <ActDialog
      name={`decline.${rolloutId}`}
      subject={required}
      title={({ fromPhase }) => t('declineTitle', { rollout: rolloutName, phase: fromPhase })}
      description={t('declineText')}
      submit={{ label: t('declineSubmit') }}
      reason={{ presets: PRESETS.map((preset) => t(`decline_${preset}`)) }}
      act={({ id }, { reason }) => declineRollback(rolloutId, { requestId: id, reason })}
      done={({ outcome }) => (
        <Notice tone="info" live title={t(outcome === 'declined' ? 'declinedTitle' : 'declinedAlready')}>
          {t('declinedText')}
        </Notice>
      )}
      roles={right.roles}
      onClose={onClose}
    >
      {(shown) => (
        <Notice tone="bad" title={t('declineLeaves', { phase: shown.fromPhase })}>
          <CauseList required={shown} />
        </Notice>
      )}
    </ActDialog>
  );
}
