'use client';

import { useTranslations } from 'next-intl';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { Attention, Right } from '#lib/dashboard/index.ts';
import { releaseStop } from '#lib/queries/index.ts';
import type { Stop } from '#lib/rollouts/index.ts';
import { useScopeText } from './use-scope-text.ts';
import { useStopReason } from './use-stop-reason.ts';

/** The reader's word for ending a stop. The kill switch goes on being pressed until enough people have given theirs. */
export function ReleaseDialog({
  stop,
  right,
  rollouts,
  onClose,
}: {
  stop: Stop;
  right: Right;
  rollouts: Attention['rollouts'];
  onClose: () => void;
}) {
  const t = useTranslations('stops');
  const scopeText = useScopeText(rollouts);
  const reasonOf = useStopReason();
  return (
    <ActDialog
      name={`release.${stop.id}`}
      subject={stop}
      title={({ kind, scope }) => t(`release_${kind}`, { scope: scopeText(scope) })}
      description={t(`releaseText_${stop.kind}`, { needed: stop.releasesNeeded })}
      submit={{ label: t(`releaseSubmit_${stop.kind}`) }}
      reason={{ label: t('releaseReason') }}
      act={({ id }, { reason }) => releaseStop(id, reason)}
      done={({ outcome, missing, resumed }, { kind }) => (
        <Notice
          tone={missing === 0 ? 'good' : 'info'}
          live
          title={missing === 0 ? t(`released_${kind}`) : t('counted', { missing })}
        >
          {outcome.startsWith('already') ? <p>{t('releasedBefore')}</p> : null}
          {resumed.length > 0 ? (
            <p>{t('resumed', { rollouts: resumed.map(scopeText).join(' · ') })}</p>
          ) : null}
        </Notice>
      )}
      roles={right.roles}
      onClose={onClose}
    >
      {(shown) => (
        <p className="text-sm">
          <span className="text-ink-2">{t('orderedFor')}</span> {reasonOf(shown)}
        </p>
      )}
    </ActDialog>
  );
}
