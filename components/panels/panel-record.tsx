'use client';

import { CircleCheck, FileWarning, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Instant } from '#components/clock/clock.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { OutsideLink } from '#components/ui/outside-link.tsx';
import type { PanelIncident, PanelView } from '#lib/dashboard/index.ts';
import { reportFileUrl } from '#lib/queries/index.ts';
import { DecisionNote } from './decision-note.tsx';

const PAGER_DUTY_STATES = ['triggered', 'acknowledged', 'resolved'] as const;
const LINK = 'inline-flex min-h-6 items-center font-medium text-accent underline underline-offset-2';

/** What a signer compares: is a rollback required, which incidents there were and whether their record agrees, who decided. */
export function PanelRecord({ view }: { view: PanelView }) {
  const t = useTranslations('record');
  const { rollbackRequired, enteredBy, noteCheck, incidents } = view;
  return (
    <dl className="grid gap-x-5 gap-y-2 border-t border-line px-4 py-3 text-sm sm:grid-cols-[10rem_minmax(0,1fr)] sm:px-5">
      <Entry name={t('rollbackRequired')}>
        {rollbackRequired === null ? (
          <span className="text-ink-2">{t('notJudged')}</span>
        ) : rollbackRequired.required ? (
          <span className="inline-flex flex-wrap items-center gap-x-2 font-semibold text-bad">
            <Undo2 aria-hidden className="size-4" />
            {rollbackRequired.to === null ? t('yes') : t('yesTo', { to: rollbackRequired.to })}
          </span>
        ) : (
          <span className="inline-flex items-center gap-1.5">
            <CircleCheck aria-hidden className="size-4 text-pass" />
            {t('no')}
          </span>
        )}
        {rollbackRequired ? (
          <span className="ml-2 text-[13px] text-ink-2">
            {t.rich('asOf', { at: () => <Instant at={rollbackRequired.asOf} /> })}
          </span>
        ) : null}
      </Entry>
      <Entry name={t('incidents')}>
        {incidents.length === 0 ? (
          <span className="text-ink-2">{t('noIncidents')}</span>
        ) : (
          <ul className="grid gap-2">
            {incidents.map((incident) => (
              <IncidentItem key={incident.id} incident={incident} />
            ))}
          </ul>
        )}
      </Entry>
      {enteredBy ? (
        <Entry name={t('enteredBy', { phase: view.phase })}>
          <span>{t(`change_${enteredBy.kind}`, { to: enteredBy.toPhase })}</span>{' '}
          <span className="text-ink-2">
            {enteredBy.actorName} · <Instant at={enteredBy.at} />
          </span>
          {enteredBy.reason ? (
            <span className="block text-[13px] break-words text-ink-2">{enteredBy.reason}</span>
          ) : null}
        </Entry>
      ) : null}
      {noteCheck ? (
        <Entry name={t('decisionNote', { phase: view.phase })}>
          <DecisionNote check={noteCheck} heads={[...view.series, ...view.figures]} />
        </Entry>
      ) : null}
    </dl>
  );
}

function Entry({ name, children }: { name: string; children: ReactNode }) {
  return (
    <>
      <dt className="text-ink-2">{name}</dt>
      <dd className="min-w-0 max-sm:mb-1">{children}</dd>
    </>
  );
}

function IncidentItem({ incident }: { incident: PanelIncident }) {
  const t = useTranslations('record');
  const page = `/incidents/${incident.id}`;
  const state = PAGER_DUTY_STATES.find((known) => known === incident.pagerDuty?.state);
  const open = incident.closedAt === null;
  const matches = incident.alertCount === incident.alertFiles.length;
  return (
    <li className="min-w-0">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={open ? 'bad' : 'neutral'}>
          {t(open ? 'open' : 'closed')} · {t(`severity_${incident.severity}`)}
        </Badge>
        <Link href={page} className={`${LINK} font-mono`}>
          {incident.key}
        </Link>
        <Instant at={incident.openedAt} />
        {incident.slackUrl ? <OutsideLink href={incident.slackUrl}>{t('slackThread')}</OutsideLink> : null}
        <Link href={`${page}#timeline`} className={LINK}>
          {state ? t(`pagerDuty_${state}`) : t('timeline')}
        </Link>
        <Link href={`${page}#step-rollback`} className={LINK}>
          {t('runbookStep3')}
        </Link>
      </div>
      <div className="mt-1 flex flex-wrap items-center gap-x-3 gap-y-0.5 text-[13px] text-ink-2">
        <span className="inline-flex items-center gap-1.5">
          {matches ? (
            <CircleCheck aria-hidden className="size-4 text-pass" />
          ) : (
            <FileWarning aria-hidden className="size-4 text-warn" />
          )}
          {t(matches ? 'logMatches' : 'logDiffers', {
            alerts: incident.alertCount,
            files: incident.alertFiles.length,
          })}
        </span>
        {incident.alertFiles.map((path) => (
          <a key={path} href={reportFileUrl(path)} className={`${LINK} font-mono text-xs break-all`}>
            {path}
          </a>
        ))}
      </div>
    </li>
  );
}
