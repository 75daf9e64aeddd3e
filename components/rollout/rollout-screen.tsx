'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronLeft } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { BugsSection } from '#components/bugs/bugs-section.tsx';
import { Age, Instant, useReader } from '#components/clock/clock.tsx';
import { RollbackActive } from '#components/incident/rollback-active.tsx';
import { BlindText } from '#components/overview/rollout-card.tsx';
import { ChartCursor } from '#components/panels/chart-cursor.tsx';
import { Panel } from '#components/panels/panel.tsx';
import { PanelSignOff } from '#components/panels/panel-sign-off.tsx';
import { useAskedAct } from '#components/press/use-act.ts';
import { RehearsalSection } from '#components/rehearsal/rehearsal-section.tsx';
import { RollbackAction } from '#components/rollback/rollback-action.tsx';
import { RolloutNotices } from '#components/rollback/rollout-notices.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { PolicyNotice } from '#components/state/policy-notice.tsx';
import { StopControls } from '#components/stops/stop-controls.tsx';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { Notice } from '#components/ui/notice.tsx';
import { VerdictBadge } from '#components/ui/verdict-badge.tsx';
import { VerdictList } from '#components/verdicts/verdict-list.tsx';
import { WindowDetail } from '#components/window/window-detail.tsx';
import type { RolloutView } from '#lib/dashboard/index.ts';
import { rolloutViewQuery } from '#lib/queries/index.ts';
import { ApprovalsCard } from './approvals-card.tsx';
import { AutomationLevels } from './automation-card.tsx';
import { DeadlineLine } from './deadline-line.tsx';
import { DecisionBadge, DecisionList } from './decision-list.tsx';
import { GateList } from './gate-list.tsx';
import { earliestPromotion, heldReason, heldSince } from './gate-words.ts';
import { headlineLook, useHeadlineText, useSinceText } from './headline.tsx';
import { NeedsMe } from './needs-me.tsx';
import { NextEvaluation } from './next-evaluation.tsx';
import { PhaseChangeList } from './phase-change-list.tsx';
import { PhaseTimeline } from './phase-timeline.tsx';
import { PromotionAction } from './promotion-action.tsx';
import { RolloutStateBadge } from './rollout-state.tsx';
import { useWords } from './use-words.ts';

/** The states in which people's signatures are asked for or may be looked at. */
const SIGNED_IN: ReadonlySet<RolloutView['summary']['state']> = new Set([
  'running',
  'awaiting_approval',
  'promoting',
]);

/** Where are we, is it safe, what may I do; then the panels and the verdicts behind it. */
export function RolloutScreen({
  initial,
  may,
}: {
  initial: RolloutView;
  may: { reportBug: boolean; rehearse: boolean };
}) {
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
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5 pb-32 sm:pb-0">
      <PastLink view={view} />
      <RollbackActive rollouts={[summary]} />
      <RolloutNotices rolloutId={summary.id} />
      <Head view={view} />
      <PolicyNotice />
      {error ? <LoadFailed error={error} retry={refetch} stale={view.now} /> : null}
      <Section id="phases" title={t('rollout.timeline')}>
        <PhaseTimeline
          phases={view.phases}
          names={view.names}
          state={summary.state}
          decision={summary.decision.decision}
          getsIt={view.getsIt.now}
          forecast={earliestPromotion(summary.decision)}
        />
      </Section>
      <NeedsMe rolloutId={summary.id} />
      <div className="grid items-start gap-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]">
        <Gates view={view} />
        {/* Where people are asked, that comes before what is met already. */}
        <div className={cx('grid gap-5', summary.state === 'awaiting_approval' && 'max-lg:order-first')}>
          {SIGNED_IN.has(summary.resumeState ?? summary.state) ? <ApprovalsCard view={view} /> : null}
          <Section id="automation" title={t('automation.title')}>
            <AutomationLevels automation={summary.decision.automation} />
          </Section>
        </div>
      </div>
      <ChartCursor>
        {view.panels.map((panel) => {
          const signOff = view.signOffs.find((each) => each.panel === panel.id);
          return (
            <Panel
              key={panel.id}
              rolloutId={summary.id}
              panel={panel.id}
              label={panel.label}
              kind={panel.kind}
            >
              {(seen) => (signOff ? <PanelSignOff view={view} signOff={signOff} seen={seen} /> : null)}
            </Panel>
          );
        })}
      </ChartCursor>
      <WindowDetail rolloutId={summary.id} />
      <BugsSection rolloutId={summary.id} mayReport={may.reportBug} />
      {may.rehearse ? <RehearsalSection rolloutId={summary.id} /> : null}
      <Section id="verdicts" title={t('rollout.verdicts')}>
        <VerdictList rolloutId={summary.id} labels={view.metricLabels} />
      </Section>
      <Section id="decisions" title={t('decisions.title')}>
        <div className="px-4 sm:px-5">
          {view.decisions.length > 0 ? (
            <DecisionList rows={view.decisions} names={view.names} />
          ) : (
            <p className="py-4 text-sm text-ink-2">{t('decisions.none')}</p>
          )}
        </div>
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

/** Whoever comes by a link to something that is past: says so instead of offering what would be next. */
function PastLink({ view }: { view: RolloutView }) {
  const t = useTranslations('rollout');
  const { summary, changes } = view;
  const asked = useAskedAct();
  const [past] = useState(asked !== null && asked.about !== summary.phase ? asked.about : null);
  const [newest] = changes;
  if (past === null) return null;
  return (
    <Notice tone="info" title={t('pastLink', { phase: past, now: summary.phase })}>
      {newest ? (
        <p>
          {newest.actorName} · {t(`kind_${newest.kind}`)}{' '}
          {newest.fromPhase === null ? newest.toPhase : `${newest.fromPhase} → ${newest.toPhase}`} ·{' '}
          <Instant at={newest.at} /> (<Age at={newest.at} />)
        </p>
      ) : null}
    </Notice>
  );
}

function Gates({ view }: { view: RolloutView }) {
  const t = useTranslations('gates');
  const { decision } = view.summary;
  const met = decision.gates.filter(({ state }) => state === 'met').length;
  return (
    <Section
      id="gates"
      title={t(decision.toPhase === null ? 'titleLast' : 'title')}
      aside={
        <span className="text-[13px] tabular-nums text-ink-2">
          {t('count', { met, all: decision.gates.length })}
        </span>
      }
    >
      <GateList
        rolloutId={view.summary.id}
        version={view.version}
        decision={decision}
        names={view.names}
        checklists={view.checklists}
      />
    </Section>
  );
}

function Head({ view }: { view: RolloutView }) {
  const t = useTranslations();
  const { locale } = useReader();
  const { summary } = view;
  return (
    <div>
      <Link
        href="/"
        className="-ml-1 inline-flex items-center gap-0.5 rounded text-[13px] text-ink-2 hover:text-ink hover:underline"
      >
        <ChevronLeft aria-hidden className="size-4" />
        {t('nav.overview')}
      </Link>
      <div className="mt-1 flex flex-wrap items-start justify-between gap-x-6 gap-y-4">
        <div className="min-w-0">
          <h1 className="text-2xl leading-snug font-semibold text-balance">{summary.label[locale]}</h1>
          <p className="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-2">
            <span>
              {t('overview.phase')} <span className="font-semibold text-ink">{summary.phase}</span>{' '}
              {summary.phaseLabel[locale]}
            </span>
            {/* Beside the phase, not the state: a rollout that was halted a minute ago is in its phase since yesterday. */}
            <span>{t.rich('rollout.enteredAt', { at: () => <Instant at={summary.phaseEnteredAt} /> })}</span>
            <RolloutStateBadge state={summary.state} />
          </p>
        </div>
        {/* On a phone what is to be known comes before what may be done. */}
        <div className="flex flex-wrap items-center justify-end gap-3 max-sm:order-last max-sm:w-full max-sm:flex-col max-sm:items-stretch">
          <StopControls scope={summary.id} />
          <PromotionAction view={view} />
          <RollbackAction
            rolloutId={summary.id}
            rolloutName={summary.label[locale]}
            offer={view.rollback}
            recommended={summary.decision.rollback !== null}
            incident={summary.rollbackActive.find(({ closedAt }) => closedAt === null) ?? null}
          />
        </div>
        <Standing view={view} />
      </div>
      {summary.headline.code !== 'blind' && summary.sight.state === 'blind' && summary.sight.lastWindowEnd ? (
        <Notice tone="warn" title={t('overview.blind')} className="mt-4">
          <BlindText since={summary.sight.lastWindowEnd} />
        </Notice>
      ) : null}
    </div>
  );
}

/** Is it safe, what holds it, what comes next: the first things to read. */
function Standing({ view }: { view: RolloutView }) {
  const t = useTranslations();
  const { summary, names } = view;
  const headline = useHeadlineText()(summary.headline);
  const since = useSinceText()(summary.headline);
  const held = heldReason(summary.decision, useWords(names));
  const heldFrom = heldSince(summary.decision, summary);
  return (
    <div className="grid w-full gap-x-8 gap-y-4 rounded-lg border border-line bg-surface p-4 sm:p-5 lg:grid-cols-[minmax(0,1fr)_minmax(0,1fr)_auto]">
      <div aria-live="polite">
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <VerdictBadge verdict={headlineLook(summary.headline)} />
          {since ? <span className="text-[13px] tabular-nums text-ink-2">{since}</span> : null}
        </div>
        <p className="mt-2 text-lg leading-snug font-medium text-pretty">{headline}</p>
      </div>
      <div aria-live="polite">
        <DecisionBadge decision={summary.decision.decision} />
        <p className="mt-2 leading-snug text-pretty tabular-nums">
          {held ?? t(`rolloutStateText.${summary.state}`)}
        </p>
        {heldFrom ? (
          <p className="mt-1 text-[13px] text-ink-2">
            {t.rich('gates.since', { at: () => <Instant at={heldFrom} /> })} (<Age at={heldFrom} />)
          </p>
        ) : null}
      </div>
      <dl className="grid content-start gap-2 text-sm">
        <div>
          <dt className="text-[13px] text-ink-2">{t('overview.next')}</dt>
          <dd>
            <NextEvaluation next={summary.nextEvaluation} />
          </dd>
        </div>
        {summary.deadline ? (
          <div>
            <dt className="text-[13px] text-ink-2">{t('deadline.label')}</dt>
            <dd>
              <DeadlineLine deadline={summary.deadline} />
            </dd>
          </div>
        ) : null}
      </dl>
    </div>
  );
}
