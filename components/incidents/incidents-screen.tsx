'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleCheck, CircleX, Siren } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useId } from 'react';
import { Age, Instant, useReader } from '#components/clock/clock.tsx';
import { useRolesText } from '#components/press/roles-hint.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/notice.tsx';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { IncidentView, Right, SafetyRecord } from '#lib/dashboard/index.ts';
import { formatWindow } from '#lib/i18n/index.ts';
import { safetyRecordQuery } from '#lib/queries/index.ts';
import { incidentKey } from '#lib/reporter/index.ts';

/** What went wrong for users: open ones first with what must hold before they may be closed, then the past. */
export function IncidentsScreen({ record }: { record: SafetyRecord }) {
  const t = useTranslations('incidents');
  const { data, error, refetch } = useQuery({ ...safetyRecordQuery(), initialData: record });
  const open = data.incidents.filter(({ state }) => state === 'open');
  const closed = data.incidents.filter(({ state }) => state === 'closed');
  const right = data.rights.closeIncident;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <h1 className="text-xl font-semibold">{t('title')}</h1>
        <p className="mt-1 max-w-prose text-sm text-ink-2">{t('lead')}</p>
      </div>
      {error ? <LoadFailed error={error} retry={refetch} stale={data.now} /> : null}
      <Section id="open-incidents" title={t('open', { count: open.length })}>
        {open.length === 0 ? (
          <EmptyState title={t('noneOpen')}>{t('noneOpenText')}</EmptyState>
        ) : (
          <div className="divide-y divide-line">
            {open.map((incident) => (
              <OpenIncident key={incident.id} incident={incident} right={right} />
            ))}
          </div>
        )}
      </Section>
      <Section id="closed-incidents" title={t('closedTitle')}>
        {closed.length === 0 ? (
          <p className="px-4 py-4 text-sm text-ink-2 sm:px-5">{t('noneClosed')}</p>
        ) : (
          <ul className="divide-y divide-line">
            {closed.map((incident) => (
              <ClosedIncident key={incident.id} incident={incident} />
            ))}
          </ul>
        )}
      </Section>
    </div>
  );
}

function Heading({ incident }: { incident: IncidentView }) {
  const t = useTranslations('incidents');
  const { locale } = useReader();
  return (
    <>
      <Link
        href={`/incidents/${incident.id}`}
        className="font-mono tabular-nums underline underline-offset-2 hover:no-underline"
      >
        {incidentKey(incident.number)}
      </Link>{' '}
      {t(`cause_${incident.cause}`)} ·{' '}
      <Link
        href={`/rollouts/${encodeURIComponent(incident.rolloutId)}`}
        className="underline underline-offset-2 hover:no-underline"
      >
        {incident.rolloutLabel[locale]}
      </Link>{' '}
      {incident.phase}
    </>
  );
}

function OpenIncident({ incident, right }: { incident: IncidentView; right: Right }) {
  const t = useTranslations('incidents');
  const { locale, zone } = useReader();
  const rolesText = useRolesText();
  const whyId = useId();
  const { blockedBy } = incident;
  const why = blockedBy === null ? null : blockedBy === 'role' ? rolesText(right) : t(`blocked_${blockedBy}`);
  return (
    <article
      id={`incident-${incident.number}`}
      aria-labelledby={`incident-title-${incident.number}`}
      className="flex scroll-mt-28 gap-3 px-4 py-4 text-sm target:bg-accent-soft/40 sm:px-5"
    >
      <Siren
        aria-hidden
        className={`mt-0.5 size-5 shrink-0 ${incident.severity === 'major' ? 'text-bad' : 'text-warn'}`}
      />
      <div className="min-w-0 flex-1">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <h3 id={`incident-title-${incident.number}`} className="font-semibold">
            <Heading incident={incident} />
          </h3>
          <Badge tone={incident.severity === 'major' ? 'bad' : 'warn'}>
            {t(`severity_${incident.severity}`)}
          </Badge>
        </div>
        <p className="mt-1 text-[13px] text-ink-2">
          {t.rich('since', {
            at: () => <Instant at={incident.openedAt} />,
            age: () => <Age at={incident.openedAt} />,
          })}
        </p>
        {incident.windows.length > 0 ? (
          <div className="mt-3">
            <p className="text-[13px] text-ink-2">{t('windows')}</p>
            <ol className="mt-1 grid gap-1 sm:max-w-lg">
              {incident.windows.map((window) => (
                <li key={window.start} className="flex flex-wrap items-center justify-between gap-x-3">
                  <span className="inline-flex items-center gap-1.5">
                    {window.sloMet === true ? (
                      <CircleCheck aria-hidden className="size-4 text-pass" />
                    ) : window.sloMet === false ? (
                      <CircleX aria-hidden className="size-4 text-bad" />
                    ) : null}
                    {t(window.sloMet === null ? 'sloUnknown' : window.sloMet ? 'sloMet' : 'sloUnmet')}
                    <VerdictWord verdict={window.verdict} className="ml-2 font-normal" />
                  </span>
                  <span className="text-[13px] text-ink-2 tabular-nums">
                    {formatWindow(window.start, window.end, locale, zone)}
                  </span>
                </li>
              ))}
            </ol>
          </div>
        ) : null}
        <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <Link
            href={`/incidents/${incident.id}`}
            aria-describedby={why ? whyId : undefined}
            className={buttonClass({}, 'max-sm:h-12')}
          >
            {t('openPage', { key: incidentKey(incident.number) })}
          </Link>
          {why ? (
            <span id={whyId} className="text-[13px] text-ink-2">
              {why}
            </span>
          ) : null}
        </div>
      </div>
    </article>
  );
}

function ClosedIncident({ incident }: { incident: IncidentView }) {
  const t = useTranslations('incidents');
  return (
    <li className="px-4 py-3 text-sm sm:px-5">
      <p className="font-medium">
        <Heading incident={incident} /> · {t(`severity_${incident.severity}`)}
      </p>
      {incident.closeReason ? <p>{incident.closeReason}</p> : null}
      <p className="text-[13px] text-ink-2">
        <Instant at={incident.openedAt} />
        {incident.closedAt ? (
          <>
            {' – '}
            <Instant at={incident.closedAt} />
          </>
        ) : null}
        {incident.closedByName ? ` · ${t('closedBy', { name: incident.closedByName })}` : null}
      </p>
    </li>
  );
}
