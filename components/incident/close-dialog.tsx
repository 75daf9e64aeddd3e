'use client';

import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { Right } from '#lib/dashboard/index.ts';
import { closeIncident } from '#lib/queries/index.ts';
import { incidentKey } from '#lib/reporter/index.ts';

/** Closes an incident, with what ended it. */
export function CloseDialog({
  incident,
  right,
  obstacles = null,
  onClose,
}: {
  incident: { id: string; number: number };
  right: Right;
  /** Why it cannot be closed yet; while there is something, nothing can be pressed. */
  obstacles?: ReactNode;
  onClose: () => void;
}) {
  const t = useTranslations('incidents');
  return (
    <ActDialog
      name={`close.${incident.id}`}
      subject={incident}
      title={({ number }) => t('closeTitle', { key: incidentKey(number) })}
      description={t('closeText')}
      submit={{ label: t('close') }}
      reason={{ label: t('closeReason') }}
      instead={obstacles}
      act={({ id }, { reason }) => closeIncident(id, reason)}
      done={(_, { number }) => (
        <Notice tone="good" live title={t('closedDone', { key: incidentKey(number) })} />
      )}
      roles={right.roles}
      onClose={onClose}
    />
  );
}
