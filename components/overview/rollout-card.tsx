'use client';

import { ChevronRight, Siren, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Age, Instant, useReader } from '#components/clock/clock.tsx';
import { DeadlineLine } from '#components/rollout/deadline-line.tsx';
import { heldSentence, heldSince, rollbackWaits } from '#components/rollout/gate-words.ts';
import { headlineLook, useHeadlineText, useSinceText } from '#components/rollout/headline.tsx';
import { NextEvaluation } from '#components/rollout/next-evaluation.tsx';
import { RolloutStateBadge } from '#components/rollout/rollout-state.tsx';
import { useWords } from '#components/rollout/use-words.ts';
import { Badge } from '#components/ui/badge.tsx';
import { cx } from '#components/ui/cx.ts';
import { Notice } from '#components/ui/notice.tsx';
import { VERDICT_LOOKS, VerdictBadge } from '#components/ui/verdict-badge.tsx';
import type { PolicyNames, RolloutSummary } from '#lib/dashboard/index.ts';
import { incidentKey } from '#lib/incidents/index.ts';
import { BurningBadge } from './burning-badge.tsx';

const EDGES = {
  pass: 'border-l-pass-line',
  warn: 'border-l-warn-line',
  bad: 'border-l-bad-line',
  none: 'border-l-none-line',
} as const;

/** One rollout at a glance: phase, state, verdict, what holds it, what comes next, and an open incident. */
export function RolloutCard({ rollout, names }: { rollout: RolloutSummary; names: PolicyNames }) {
  const t = useTranslations('overview');
  const { locale } = useReader();
  const headline = useHeadlineText()(rollout.headline);
  const since = useSinceText()(rollout.headline);
  const look = headlineLook(rollout.headline);
  const held = heldSentence(rollout.decision, useWords(names));
  const state = useTranslations('rolloutStateText');
  const deadline = useTranslations('deadline');
  const heldFrom = heldSince(rollout.decision, rollout);
  const gates = useTranslations('gates');
  const gateReasons = useTranslations('gateReason');
  const { incident } = rollout;
  // A client's own report can require it while every window passes: the card must not look well then.
  const steppingBack = rollbackWaits(rollout.decision);
  const titleId = `rollout-${rollout.id}`;
  return (
    <article
      aria-labelledby={titleId}
      className={cx(
        'relative grid content-start gap-4 rounded-lg border border-l-4 border-line bg-surface p-4 hover:border-line-strong sm:p-5',
        EDGES[steppingBack ? 'bad' : VERDICT_LOOKS[look].tone],
      )}
    >
      <div className="flex items-start justify-between gap-3">
        <div className="min-w-0">
          <h2 id={titleId} className="text-lg leading-snug font-semibold">
            <Link
              href={`/rollouts/${rollout.id}`}
              className="rounded after:absolute after:inset-0 after:rounded-lg focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-offset-2 focus-visible:after:outline-accent"
            >
              {rollout.label[locale]}
            </Link>
          </h2>
          <p className="mt-0.5 flex flex-wrap items-center gap-x-2 gap-y-1 text-sm text-ink-2">
            <span>
              {t('phase')} <span className="font-semibold text-ink">{rollout.phase}</span>{' '}
              {rollout.phaseLabel[locale]}
            </span>
            <RolloutStateBadge state={rollout.state} />
          </p>
        </div>
        <ChevronRight aria-hidden className="mt-1 size-5 shrink-0 text-ink-3" />
      </div>

      <div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
          <VerdictBadge verdict={look} />
          {since ? <span className="text-[13px] tabular-nums text-ink-2">{since}</span> : null}
          {steppingBack ? (
            <Badge tone="bad" icon={<Undo2 aria-hidden className="size-4" />}>
              {gateReasons('rollback_required')}
            </Badge>
          ) : null}
          {incident ? (
            <Badge
              tone={incident.severity === 'major' ? 'bad' : 'warn'}
              icon={<Siren aria-hidden className="size-4" />}
            >
              {t(`incident_${incident.severity}`, { key: incidentKey(incident.number) })}
            </Badge>
          ) : null}
          <BurningBadge burning={rollout.burning} />
        </div>
        <p className="mt-2 text-[15px] text-pretty">{headline}</p>
      </div>

      {rollout.headline.code !== 'blind' && rollout.sight.state === 'blind' && rollout.sight.lastWindowEnd ? (
        <Notice tone="warn" title={t('blind')}>
          <BlindText since={rollout.sight.lastWindowEnd} />
        </Notice>
      ) : null}

      <dl className="grid gap-x-6 gap-y-3 border-t border-line pt-3 text-sm sm:grid-cols-2">
        <div className="sm:col-span-2">
          <dt className="text-[13px] text-ink-2">{t('decision')}</dt>
          <dd className="mt-0.5 text-pretty tabular-nums">
            {held ?? state(rollout.state)}
            {heldFrom ? (
              <span className="block text-[13px] text-ink-2">
                {gates.rich('since', { at: () => <Instant at={heldFrom} /> })} (<Age at={heldFrom} />)
              </span>
            ) : null}
          </dd>
        </div>
        <div>
          <dt className="text-[13px] text-ink-2">{t('next')}</dt>
          <dd className="mt-0.5">
            <NextEvaluation next={rollout.nextEvaluation} />
          </dd>
        </div>
        {rollout.deadline ? (
          <div>
            <dt className="text-[13px] text-ink-2">{deadline('label')}</dt>
            <dd className="mt-0.5">
              <DeadlineLine deadline={rollout.deadline} />
            </dd>
          </div>
        ) : null}
      </dl>
    </article>
  );
}

export function BlindText({ since }: { since: string }) {
  const t = useTranslations('overview');
  return t.rich('blindText', { age: () => <Age at={since} /> });
}
