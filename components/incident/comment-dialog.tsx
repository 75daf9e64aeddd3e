'use client';

import { useTranslations } from 'next-intl';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';
import { commentOnStep } from '#lib/queries/index.ts';
import type { Step } from './step-looks.ts';

/** What the reader says of a step; the newest stands beside it, all are on the timeline. */
export function CommentDialog({
  page,
  step,
  onClose,
}: {
  page: IncidentPage;
  step: Step;
  onClose: () => void;
}) {
  const t = useTranslations('incidentPage');
  return (
    <ActDialog
      name={`comment.${page.detail.incident.id}.${step.step}`}
      subject={step.step}
      title={(shown) => t('commentOn', { step: t(`step_${shown}`) })}
      submit={{ label: t('keepComment') }}
      reason={{
        label: t('comment'),
        hint: t('commentHint'),
        initial: step.comment,
        missing: t('commentMissing'),
      }}
      act={(shown, { reason }) => commentOnStep(page.detail.incident.id, shown, reason)}
      done={() => <Notice tone="good" live title={t('commentDone')} />}
      roles={page.rights.handle.roles}
      onClose={onClose}
    />
  );
}
