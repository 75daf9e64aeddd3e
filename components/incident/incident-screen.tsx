'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, CircleCheck, Siren } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Instant, useNow, useReader } from '#components/clock/clock.tsx';
import { useRolesText } from '#components/press/roles-hint.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';
import { formatSpan } from '#lib/i18n/index.ts';
import { incidentQuery } from '#lib/queries/index.ts';
import { CloseDialog } from './close-dialog.tsx';
import { CloseObstacles } from './close-obstacles.tsx';
import { CommentDialog } from './comment-dialog.tsx';
import { IncidentAside } from './incident-aside.tsx';
import { IncidentSteps } from './incident-steps.tsx';
import { IncidentTimeline } from './incident-timeline.tsx';
import { OwnerDialog } from './owner-dialog.tsx';
import { ShareRcaDialog } from './share-rca-dialog.tsx';
import type { Step } from './step-looks.ts';

/** One incident from its alert to its closing: what is to be done now, by when, and all that happened (INC-1, INC-2). */
export function IncidentScreen({ initial }: { initial: IncidentPage }) {
  const {
    data: page,
    error,
    refetch,
  } = useQuery({ ...incidentQuery(initial.detail.incident.id), initialData: initial });
  const [dialog, setDialog] = useState<'owner' | 'close' | 'rca' | Step | null>(null);
  const close = () => setDialog(null);
  const { incident, notClosable } = page.detail;
  const held = notClosable.steps.length + notClosable.checks.length > 0;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <Head page={page} closable={!held} close={() => setDialog('close')} />
      {error ? <LoadFailed error={error} retry={refetch} stale={page.now} /> : null}
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(16rem,1fr)]">
        <IncidentSteps page={page} comment={setDialog} />
        <IncidentAside page={page} nameOwner={() => setDialog('owner')} shareRca={() => setDialog('rca')} />
      </div>
      <IncidentTimeline page={page} />
      {dialog === 'owner' ? <OwnerDialog page={page} onClose={close} /> : null}
      {dialog === 'rca' ? <ShareRcaDialog page={page} onClose={close} /> : null}
      {dialog === 'close' ? (
        <CloseDialog
          incident={incident}
          right={page.rights.close}
          obstacles={held ? <CloseObstacles page={page} /> : null}
          onClose={close}
        />
      ) : null}
      {typeof dialog === 'object' && dialog !== null ? (
        <CommentDialog page={page} step={dialog} onClose={close} />
      ) : null}
    </div>
  );
}

function Head({ page, closable, close }: { page: IncidentPage; closable: boolean; close: () => void }) {
  const t = useTranslations();
  const { locale } = useReader();
  const rolesText = useRolesText();
  const { incident } = page.detail;
  const open = incident.state === 'open';
  const Icon = open ? Siren : CircleCheck;
  return (
    <div>
      <Link
        href="/incidents"
        className="-ml-1 inline-flex items-center gap-0.5 rounded text-[13px] text-ink-2 hover:text-ink hover:underline"
      >
        <ChevronLeft aria-hidden className="size-4" />
        {t('incidents.title')}
      </Link>
      <div className="mt-1 flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          <h1 className="flex items-center gap-2.5 text-2xl leading-snug font-semibold">
            <Icon
              aria-hidden
              className={`size-6 shrink-0 ${open ? (incident.severity === 'major' ? 'text-bad' : 'text-warn') : 'text-pass'}`}
            />
            {page.key}
          </h1>
          <p className="mt-1 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-2">
            <Badge tone={open ? 'bad' : 'pass'}>{t(`incidentPage.state_${incident.state}`)}</Badge>
            <Badge tone={incident.severity === 'major' ? 'bad' : 'warn'}>
              {t(`incidents.severity_${incident.severity}`)}
            </Badge>
            <span className="font-medium text-ink">{t(`incidents.cause_${incident.cause}`)}</span>
            <Link
              href={`/rollouts/${encodeURIComponent(incident.rolloutId)}`}
              className="underline underline-offset-2 hover:no-underline"
            >
              {page.rolloutLabel[locale]} {incident.phase}
            </Link>
          </p>
          <Duration incident={incident} />
          {incident.closeReason && !open ? (
            <p className="mt-2 max-w-prose text-sm whitespace-pre-line">{incident.closeReason}</p>
          ) : null}
        </div>
        {open ? (
          page.rights.close.allowed ? (
            <Button
              tone={closable ? 'primary' : 'plain'}
              className="max-sm:h-12 max-sm:w-full"
              onClick={close}
            >
              {t('incidents.close')}
            </Button>
          ) : (
            <p className="text-[13px] text-ink-2">
              {t('incidents.close')}: {rolesText(page.rights.close)}
            </p>
          )
        ) : null}
      </div>
    </div>
  );
}

function Duration({ incident }: { incident: IncidentPage['detail']['incident'] }) {
  const t = useTranslations('incidentPage');
  const { locale } = useReader();
  const now = useNow();
  const { openedAt, closedAt, closedByName } = incident;
  const seconds = Math.max(
    0,
    ((closedAt === null ? now : Date.parse(closedAt)) - Date.parse(openedAt)) / 1000,
  );
  return (
    <p className="mt-1 text-[13px] text-ink-2 tabular-nums">
      {t.rich(closedAt === null ? 'openFor' : 'wasOpenFor', {
        at: () => <Instant at={openedAt} />,
        closedAt: () => (closedAt === null ? '' : <Instant at={closedAt} />),
        span: formatSpan(seconds, locale),
        name: closedByName ?? '—',
      })}
    </p>
  );
}
