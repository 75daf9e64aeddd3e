'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { BlindText } from '#components/overview/rollout-card.tsx';
import { Panel } from '#components/panels/panel.tsx';
import { RolloutNotices } from '#components/rollback/rollout-notices.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { PolicyNotice } from '#components/state/policy-notice.tsx';
import { StopControls } from '#components/stops/stop-controls.tsx';
import { Section } from '#components/ui/card.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { VerdictBadge } from '#components/ui/verdict-badge.tsx';
import { VerdictList } from '#components/verdicts/verdict-list.tsx';
import type { RolloutView } from '#lib/dashboard/index.ts';
import { rolloutViewQuery } from '#lib/queries/index.ts';
import { GateMeter } from './gate-progress.tsx';
import { headlineLook, useHeadlineText, useSinceText } from './headline.tsx';
import { NextEvaluation } from './next-evaluation.tsx';
import { PhaseChangeList } from './phase-change-list.tsx';
import { PhaseTimeline } from './phase-timeline.tsx';
import { RollbackAction } from './rollback-action.tsx';

/** Where are we, is it safe, what may I do; then the panels and the verdicts behind it. */
export function RolloutScreen({ initial }: { initial: RolloutView }) {
  const t = useTranslations();
  const {
    data: view,
    error,
    refetch,
  } = useQuery({
    ...rolloutViewQuery(initial.summary.id),
    initialData: initial,
  });
  const { summary } = view;
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 pb-24 sm:pb-0">
      <RolloutNotices rolloutId={summary.id} />
      <Head view={view} />
      <PolicyNotice />
      {error ? <LoadFailed error={error} retry={refetch} stale={view.now} /> : null}
      <Section id="phases" title={t('rollout.timeline')}>
        <PhaseTimeline phases={view.phases} />
      </Section>
      {view.panels.map((panel) => (
        <Panel key={panel.id} rolloutId={summary.id} panel={panel.id} label={panel.label} kind={panel.kind} />
      ))}
      <Section id="verdicts" title={t('rollout.verdicts')}>
        <VerdictList rolloutId={summary.id} labels={view.metricLabels} />
      </Section>
      <Section id="history" title={t('rollout.history')}>
        <div className="px-4 sm:px-5">
          {view.changes.length > 0 ? (
            <PhaseChangeList changes={view.changes} />
          ) : (
            <p className="py-4 text-sm text-ink-2">{t('rollout.noHistory')}</p>
          )}
        </div>
      </Section>
    </div>
  );
}

function Head({ view }: { view: RolloutView }) {
  const t = useTranslations();
  const { locale } = useReader();
  const { summary } = view;
  const headline = useHeadlineText()(summary.headline);
  const since = useSinceText()(summary.headline);
  const look = headlineLook(summary.headline);
  const streaks = summary.gates.filter((gate) => gate.kind === 'windows_running' || gate.kind === 'met_for');
  return (
    <div>
      <Link
        href="/"
        className="-ml-1 inline-flex items-center gap-0.5 rounded text-[13px] text-ink-2 hover:text-ink hover:underline"
      >
        <ChevronLeft aria-hidden className="size-4" />
        {t('nav.overview')}
      </Link>
      <div className="mt-1 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 className="text-2xl leading-snug font-semibold text-balance">{summary.label[locale]}</h1>
          <p className="mt-0.5 text-sm text-ink-2">
            {t('overview.phase')} <span className="font-semibold text-ink">{summary.phase}</span>{' '}
            {summary.phaseLabel[locale]} ·{' '}
            {t.rich('rollout.enteredAt', { at: () => <Instant at={summary.phaseEnteredAt} /> })}
          </p>
        </div>
        <div className="flex flex-wrap items-start gap-3">
          <StopControls scope={summary.id} />
          <RollbackAction
            rolloutId={summary.id}
            rolloutName={summary.label[locale]}
            offer={view.rollback}
            recommended={summary.headline.code === 'rollback_required'}
          />
        </div>
      </div>
      <div className="mt-4 grid gap-x-8 gap-y-4 rounded-lg border border-line bg-surface p-4 sm:p-5 lg:grid-cols-[minmax(0,1fr)_auto_auto]">
        <div aria-live="polite">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <VerdictBadge verdict={look} />
            {since ? <span className="text-[13px] tabular-nums text-ink-2">{since}</span> : null}
          </div>
          <p className="mt-2 text-lg leading-snug font-medium text-pretty">{headline}</p>
        </div>
        {streaks.length > 0 ? (
          <div className="min-w-56">
            <p className="mb-1 text-[13px] text-ink-2">{t('overview.streak')}</p>
            {streaks.map((gate) => (
              <GateMeter key={gate.kind} gate={gate} />
            ))}
          </div>
        ) : null}
        <div>
          <p className="mb-1 text-[13px] text-ink-2">{t('overview.next')}</p>
          <p className="text-sm">
            <NextEvaluation next={summary.nextEvaluation} />
          </p>
        </div>
      </div>
      {summary.headline.code !== 'blind' && summary.sight.state === 'blind' && summary.sight.lastWindowEnd ? (
        <Notice tone="warn" title={t('overview.blind')} className="mt-4">
          <BlindText since={summary.sight.lastWindowEnd} />
        </Notice>
      ) : null}
    </div>
  );
}
