'use client';

import { useQuery } from '@tanstack/react-query';
import { CalendarOff, CircleCheck, CircleDashed, OctagonPause } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Age, Instant, useReader } from '#components/clock/clock.tsx';
import { useRolesText } from '#components/press/roles-hint.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { EmptyState } from '#components/ui/notice.tsx';
import type { Attention, SafetyRecord } from '#lib/dashboard/index.ts';
import { attentionQuery, safetyRecordQuery } from '#lib/queries/index.ts';
import type { Stop } from '#lib/rollouts/index.ts';
import { ReleaseDialog } from './release-dialog.tsx';
import { STOP_LOOKS } from './stop-looks.tsx';
import { useScopeText } from './use-scope-text.ts';
import { useStopReason } from './use-stop-reason.ts';

/** What is stopped, who has agreed to end it and how many are missing; and what was stopped before. */
export function StopsScreen({ attention, record }: { attention: Attention; record: SafetyRecord }) {
  const t = useTranslations('stops');
  const { data, error, refetch } = useQuery({ ...attentionQuery(), initialData: attention });
  const { data: past } = useQuery({ ...safetyRecordQuery(), initialData: record });
  const nothing = data.stops.length === 0 && data.freezes.length === 0 && data.outside === null;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <h1 className="text-xl font-semibold">{t('pageTitle')}</h1>
        <p className="mt-1 max-w-prose text-sm text-ink-2">{t('lead')}</p>
      </div>
      {error ? <LoadFailed error={error} retry={refetch} stale={data.now} /> : null}
      <Section id="in-force" title={t('inForce')}>
        {nothing ? (
          <EmptyState title={t('nothing')}>{t('nothingText')}</EmptyState>
        ) : (
          <div className="divide-y divide-line">
            {data.outside ? <OutsideRow reason={data.outside.reason} source={data.outside.source} /> : null}
            {data.stops.toSorted(killFirst).map((stop) => (
              <StopInForce key={stop.id} stop={stop} attention={data} />
            ))}
            {data.freezes.map((freeze) => (
              <PlannedRow key={freeze.id} freeze={freeze} />
            ))}
          </div>
        )}
      </Section>
      <Section id="ended" title={t('ended')}>
        {past.endedStops.length === 0 ? (
          <p className="px-4 py-4 text-sm text-ink-2 sm:px-5">{t('noneEnded')}</p>
        ) : (
          <ul className="divide-y divide-line">
            {past.endedStops.map((stop) => (
              <EndedRow key={stop.id} stop={stop} rollouts={data.rollouts} />
            ))}
          </ul>
        )}
      </Section>
    </div>
  );
}

const killFirst = (a: Stop, b: Stop) => Number(b.kind === 'kill') - Number(a.kind === 'kill');

function OutsideRow({ reason, source }: { reason: string; source: 'environment' | 'file' }) {
  const t = useTranslations('stops');
  return (
    <div className={cx('flex gap-3 px-4 py-4 sm:px-5', STOP_LOOKS.kill.ground)}>
      <OctagonPause aria-hidden className="mt-0.5 size-5 shrink-0 text-bad" />
      <div className="text-sm">
        <p className="font-semibold">{t('outsideTitle')}</p>
        <p className="mt-1">{reason}</p>
        <p className="mt-1 text-ink-2">{t(`outside_${source}`)}</p>
      </div>
    </div>
  );
}

function PlannedRow({ freeze }: { freeze: Attention['freezes'][number] }) {
  const t = useTranslations('stops');
  const { locale } = useReader();
  const scope = freeze.everything
    ? t('everything')
    : freeze.rollouts.map((rollout) => rollout[locale]).join(' · ');
  return (
    <div className="flex gap-3 px-4 py-4 sm:px-5">
      <CalendarOff aria-hidden className="mt-0.5 size-5 shrink-0 text-ink-2" />
      <div className="text-sm">
        <p className="font-semibold">{t('plannedTitle', { name: freeze.label[locale], scope })}</p>
        <p className="mt-1 text-ink-2">
          {t.rich('plannedSpan', {
            from: () => <Instant at={freeze.from} />,
            to: () => <Instant at={freeze.to} />,
          })}
        </p>
        <p className="mt-1 text-ink-2">{t('plannedText')}</p>
      </div>
    </div>
  );
}

function StopInForce({ stop, attention }: { stop: Stop; attention: Attention }) {
  const t = useTranslations('stops');
  const { locale } = useReader();
  const rolesText = useRolesText();
  const scopeText = useScopeText(attention.rollouts);
  const reasonOf = useStopReason();
  const whyId = useId();
  const [open, setOpen] = useState(false);
  const { icon: Icon, ink } = STOP_LOOKS[stop.kind];
  const { rights } = attention;
  const right =
    stop.kind === 'kill' ? rights.rearm : stop.kind === 'freeze' ? rights.freeze : rights.collection;
  const agreed = stop.releases.some(({ personId }) => personId === attention.readerId);
  const why = agreed ? t('youAgreed') : right.allowed ? null : rolesText(right);
  const missing = Math.max(0, stop.releasesNeeded - stop.releases.length);
  return (
    <article
      id={`stop-${stop.id}`}
      className="scroll-mt-28 px-4 py-4 target:bg-accent-soft/40 sm:px-5"
      aria-labelledby={`title-${stop.id}`}
    >
      <div className="flex gap-3">
        <Icon aria-hidden className={cx('mt-0.5 size-5 shrink-0', ink)} />
        <div className="min-w-0 flex-1 text-sm">
          <h3 id={`title-${stop.id}`} className="font-semibold">
            {t(`inForce_${stop.kind}`, { scope: scopeText(stop.scope) })}
          </h3>
          <p className="mt-1">{reasonOf(stop)}</p>
          <p className="mt-1 text-[13px] text-ink-2">
            {t.rich('orderedBy', {
              name: stop.personName,
              trigger: t(`trigger_${stop.trigger}`),
              at: () => <Instant at={stop.orderedAt} />,
              age: () => <Age at={stop.orderedAt} />,
            })}
          </p>
          {stop.rule && stop.cause === null ? (
            <p className="mt-1 text-[13px] text-ink-2">
              {t('byRule', { rule: stop.rule.label?.[locale] ?? stop.rule.id })}
            </p>
          ) : null}
          {stop.endsAt ? (
            <p className="mt-1 text-[13px] text-ink-2">
              {t.rich('endsBy', { at: () => <Instant at={stop.endsAt ?? ''} /> })}
            </p>
          ) : null}
          {stop.kind === 'kill' ? <Agreements stop={stop} missing={missing} /> : null}
          <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1.5">
            <Button
              className="max-sm:h-12"
              disabled={why !== null}
              aria-describedby={why ? whyId : undefined}
              onClick={() => setOpen(true)}
            >
              {t(`releaseSubmit_${stop.kind}`)}
            </Button>
            {why ? (
              <span id={whyId} className="text-[13px] text-ink-2">
                {why}
              </span>
            ) : null}
          </div>
        </div>
      </div>
      {open ? (
        <ReleaseDialog
          stop={stop}
          right={right}
          rollouts={attention.rollouts}
          onClose={() => setOpen(false)}
        />
      ) : null}
    </article>
  );
}

/** Who has agreed to re-arm, and how many people are missing. */
function Agreements({ stop, missing }: { stop: Stop; missing: number }) {
  const t = useTranslations('stops');
  const places = Array.from({ length: missing }, (_, at) => at + stop.releases.length + 1);
  return (
    <div className="mt-3 rounded-md border border-line bg-surface p-3">
      <p className="font-medium">
        {t('agreements', { given: stop.releases.length, needed: stop.releasesNeeded })}
      </p>
      <ol className="mt-2 grid gap-1.5">
        {stop.releases.map((release) => (
          <li key={release.personId} className="flex items-start gap-2">
            <CircleCheck aria-hidden className="mt-0.5 size-4 shrink-0 text-pass" />
            <span>
              <span className="font-medium">{release.personName}</span> {release.reason}{' '}
              <span className="text-[13px] text-ink-2">
                <Instant at={release.givenAt} />
              </span>
            </span>
          </li>
        ))}
        {places.map((place) => (
          <li key={place} className="flex items-start gap-2 text-ink-2">
            <CircleDashed aria-hidden className="mt-0.5 size-4 shrink-0" />
            {t('agreementMissing', { place })}
          </li>
        ))}
      </ol>
    </div>
  );
}

function EndedRow({ stop, rollouts }: { stop: Stop; rollouts: Attention['rollouts'] }) {
  const t = useTranslations('stops');
  const scopeText = useScopeText(rollouts);
  const reasonOf = useStopReason();
  const { icon: Icon } = STOP_LOOKS[stop.kind];
  const ended = stop.endedAt ?? stop.endsAt;
  return (
    <li className="flex gap-3 px-4 py-3 text-sm sm:px-5">
      <Icon aria-hidden className="mt-0.5 size-4.5 shrink-0 text-ink-2" />
      <div className="min-w-0">
        <p className="font-medium">{t(`past_${stop.kind}`, { scope: scopeText(stop.scope) })}</p>
        <p>{reasonOf(stop)}</p>
        <p className="text-[13px] text-ink-2">
          {stop.personName} · <Instant at={stop.orderedAt} />
          {ended ? (
            <>
              {' – '}
              <Instant at={ended} />
            </>
          ) : null}
          {stop.releases.length > 0
            ? ` · ${t('endedBy', { names: stop.releases.map(({ personName }) => personName).join(' · ') })}`
            : null}
        </p>
      </div>
    </li>
  );
}
