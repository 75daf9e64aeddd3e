'use client';

import { useQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { ChangeTable } from '#components/rollout/change-table.tsx';
import { Meanwhile, useNewestChange } from '#components/rollout/meanwhile.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { RequiredRollback, RollbackOffer } from '#lib/dashboard/index.ts';
import { protectionQuery, rollBack, rolloutViewQuery } from '#lib/queries/index.ts';
import { CauseList, useMetricText } from './cause-text.tsx';
import { DeadlineLine } from './deadline.tsx';
import { RollbackReceipt } from './rollback-receipt.tsx';

const PRESETS = ['errors', 'reports', 'precaution'] as const;

type RollbackDialogProps = {
  rolloutId: string;
  rolloutName: string;
  offer: RollbackOffer;
  onClose: () => void;
};

/**
 * One step back: says why and what changes for whom, and shows what came of it (DASH-5). The reason stands there
 * beforehand, from the verdict that asks for it, so that two taps are enough: stepping back is the safe direction.
 */
export function RollbackDialog({ rolloutId, rolloutName, offer, onClose }: RollbackDialogProps) {
  const t = useTranslations('rollback');
  const { data: protection } = useQuery(protectionQuery(rolloutId));
  const required = protection?.required ?? null;
  const reasonText = useRequiredReason();
  const newest = useNewestChange(rolloutId);
  const { data: view } = useQuery({ ...rolloutViewQuery(rolloutId), enabled: false });
  const asked = required ? reasonText(required) : null;
  const presets = PRESETS.map((preset) => t(`preset_${preset}`));
  return (
    <ActDialog
      name={`rollback.${rolloutId}`}
      subject={{ offer, newest, getsIt: view?.getsIt }}
      title={({ offer: { fromPhase, toPhase } }) =>
        t('title', { rollout: rolloutName, from: fromPhase, to: toPhase ?? '' })
      }
      description={t('description')}
      submit={{
        label: ({ offer: { toPhase } }) => t('submit', { to: toPhase ?? '' }),
        tone: 'danger',
        icon: Undo2,
      }}
      reason={{ presets: asked ? [asked, ...presets] : presets, initial: asked ?? t('preset_precaution') }}
      act={({ offer: { fromPhase, expectedVersion } }, { reason }) =>
        rollBack(rolloutId, { fromPhase, expectedVersion, reason })
      }
      done={(result) => <RollbackReceipt rolloutId={rolloutId} result={result} />}
      changed={(shown) => <Meanwhile rolloutId={rolloutId} since={shown.newest} />}
      // Somebody else's step back is not this one: nobody goes back twice in the haste of a night.
      gone={(now, shown) => now.offer.toPhase === null || now.offer.fromPhase !== shown.offer.fromPhase}
      roles={offer.allowedRoles}
      onClose={onClose}
    >
      {({ offer: shown, getsIt }) => (
        <>
          {required ? (
            <Notice tone="bad" title={t('recommended')}>
              <CauseList required={required} />
              <DeadlineLine required={required} halted={protection?.state === 'halted'} />
            </Notice>
          ) : (
            <Notice tone="info" title={t('breakGlassTitle')}>
              {t('breakGlassText', { count: protection?.reviewSigners ?? 2 })}
            </Notice>
          )}
          <ChangeTable
            flagChanges={shown.flagChanges}
            from={{ phase: shown.fromPhase, reach: shown.fromAudience }}
            to={{ phase: shown.toPhase, reach: shown.toAudience }}
            {...(getsIt ? { getsIt: { before: getsIt.now, after: getsIt.afterRollback } } : {})}
          />
        </>
      )}
    </ActDialog>
  );
}

/** The reason a verdict gives for going back, as a sentence to be kept or changed. */
function useRequiredReason(): (required: RequiredRollback) => string {
  const t = useTranslations('notices');
  const { locale } = useReader();
  const metricText = useMetricText();
  return ({ cause, metrics, named, events }) => {
    const [metric] = metrics;
    const [event] = events;
    const [name] = named;
    if (metric) return t('reason_metric', { metric: metricText(metric) });
    if (name) return t('reason_metric', { metric: name[locale] });
    return event ? t('reason_event', { event: event.event, count: event.count }) : t(`cause_${cause}`);
  };
}
