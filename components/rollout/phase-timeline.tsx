'use client';

import { Check, Circle, CircleDot, type LucideIcon, RefreshCw, Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { GetsIt, PhaseNode, PolicyNames } from '#lib/dashboard/index.ts';
import { formatShare } from '#lib/i18n/index.ts';
import type { DecisionKind, RolloutState } from '#lib/rollouts/index.ts';
import { useGateRule } from './gate-rule.tsx';
import { ProofLine } from './proof-line.tsx';
import { RolloutStateBadge } from './rollout-state.tsx';

/** Icon, dot and edge of each position, in one table. */
const LOOKS = {
  past: { icon: Check, dot: 'border-accent bg-accent text-on-accent', edge: 'bg-accent', name: 'text-ink' },
  current: {
    icon: CircleDot,
    dot: 'border-accent bg-surface text-accent ring-4 ring-accent-soft',
    edge: 'bg-line',
    name: 'text-ink',
  },
  next: {
    icon: Circle,
    dot: 'border-line-strong bg-surface text-line-strong',
    edge: 'bg-line',
    name: 'text-ink-2',
  },
  // A step that is made and not read back yet: dashed until it is proven.
  promoting: {
    icon: RefreshCw,
    dot: 'border-dashed border-accent bg-surface text-accent',
    edge: 'bg-line',
    name: 'text-ink',
  },
  rolling_back: {
    icon: Undo2,
    dot: 'border-dashed border-back-line bg-surface text-back',
    edge: 'bg-line',
    name: 'text-ink',
  },
  later: { icon: Circle, dot: 'border-line bg-surface text-line', edge: 'bg-line', name: 'text-ink-2' },
} as const satisfies Record<
  PhaseNode['position'] | 'promoting' | 'rolling_back',
  { icon: LucideIcon; dot: string; edge: string; name: string }
>;

/** Whom a phase admits, in words. */
export function useAudienceText(): (audience: PhaseNode['audience'], exposureRatio: number) => string {
  const t = useTranslations('rollout');
  const { locale } = useReader();
  return (audience, exposureRatio) =>
    audience === 'exposure'
      ? t('audience_exposure', { share: formatShare(exposureRatio, locale) })
      : t(`audience_${audience}`);
}

type TimelineProps = {
  phases: readonly PhaseNode[];
  names: PolicyNames;
  state: RolloutState;
  decision: DecisionKind;
  /** Who gets the flags now. */
  getsIt: readonly GetsIt[];
  /** When the next phase may be entered at the earliest. */
  forecast: string | null;
};

/** The phases in order: behind, now and ahead; who moved here and when, who sees it, with which flags, and its proof. */
export function PhaseTimeline({ phases, ...rest }: TimelineProps) {
  return (
    <ol className="grid gap-0 px-4 py-4 sm:px-5 lg:auto-cols-fr lg:grid-flow-col">
      {phases.map((phase, index) => (
        <PhaseItem
          key={phase.id}
          phase={phase}
          before={phases[index - 1]}
          last={index === phases.length - 1}
          {...rest}
        />
      ))}
    </ol>
  );
}

function lookOf(position: PhaseNode['position'], state: RolloutState): (typeof LOOKS)[keyof typeof LOOKS] {
  if (position !== 'current') return LOOKS[position];
  return state === 'promoting' || state === 'rolling_back' ? LOOKS[state] : LOOKS.current;
}

function PhaseItem({
  phase,
  last,
  names,
  state,
  decision,
  getsIt,
  forecast,
  before,
}: Omit<TimelineProps, 'phases'> & { phase: PhaseNode; before: PhaseNode | undefined; last: boolean }) {
  const t = useTranslations('rollout');
  const { locale } = useReader();
  const audienceText = useAudienceText();
  const gateText = useGateRule(names);
  const look = lookOf(phase.position, state);
  // The way on stays grey until everybody who must has signed.
  const open = phase.position === 'current' && decision === 'promote';
  const Icon = look.icon;
  return (
    <li
      aria-current={phase.position === 'current' ? 'step' : undefined}
      className="relative grid grid-cols-[1.75rem_1fr] gap-x-3 pb-5 last:pb-0 lg:block lg:pr-5 lg:pb-0"
    >
      {last ? null : (
        <span
          aria-hidden
          className={cx(
            'absolute top-7 bottom-0 left-[0.8125rem] w-0.5 lg:top-[0.8125rem] lg:right-0 lg:bottom-auto lg:left-7 lg:h-0.5 lg:w-auto',
            open ? 'bg-accent' : look.edge,
          )}
        />
      )}
      <span className={cx('relative z-10 grid size-7 place-items-center rounded-full border-2', look.dot)}>
        <Icon aria-hidden className="size-3.5" strokeWidth={3} />
      </span>
      <div className="min-w-0 lg:mt-2">
        <p className={cx('flex flex-wrap items-baseline gap-x-2 leading-7 lg:leading-snug', look.name)}>
          <span className="text-base font-semibold">{phase.id}</span>
          <span className="text-sm">{phase.label[locale]}</span>
          <span
            className={cx(
              'text-[13px]',
              phase.position === 'current' ? 'font-semibold text-accent' : 'text-ink-2',
            )}
          >
            {t(phase.position)}
          </span>
          {phase.position === 'current' ? <RolloutStateBadge state={state} /> : null}
        </p>
        <dl className="mt-1 grid gap-1 text-[13px] text-ink-2">
          <div>
            <dt className="sr-only">{t('audience')}</dt>
            <dd className="text-ink">{audienceText(phase.audience, phase.exposureRatio)}</dd>
            {phase.position === 'current' ? <ActualReach getsIt={getsIt} /> : null}
          </div>
          <div>
            <dt className="sr-only">{t('flags')}</dt>
            <dd className="grid text-xs leading-5">
              {Object.entries(phase.flags).map(([key, value]) => {
                const was = before?.flags[key];
                const changes = was !== undefined && was !== value;
                return (
                  <span key={key} className="font-mono break-words">
                    {key} {changes ? `${String(was)} → ` : '= '}
                    <span className={changes ? 'font-bold text-ink' : 'text-ink'}>{String(value)}</span>
                  </span>
                );
              })}
              {before && Object.entries(phase.flags).every(([key, value]) => before.flags[key] === value) ? (
                <span>{t('onlyAudience')}</span>
              ) : null}
            </dd>
          </div>
          {phase.entered ? (
            <div>
              <dt className="sr-only">{t(`kind_${phase.entered.kind}`)}</dt>
              <dd>
                {t(`kind_${phase.entered.kind}`)} · <Instant at={phase.entered.at} />
                <span className="block">{phase.entered.actorName}</span>
                {phase.position === 'current' ? <ProofLine change={phase.entered} /> : null}
              </dd>
            </div>
          ) : null}
          {phase.position === 'current' || phase.position === 'next' ? (
            <div>
              <dt className={phase.position === 'current' ? 'sr-only' : undefined}>
                {t(phase.position === 'current' ? 'gates' : 'gatesThere')}
              </dt>
              <dd>
                {phase.gates.map(gateText).join(' · ')}
                <span className="block">
                  {t('approvals')}:{' '}
                  {phase.approvals
                    .map(({ role, count }) => (count > 1 ? `${role[locale]} ×${count}` : role[locale]))
                    .join(' · ')}
                </span>
              </dd>
            </div>
          ) : null}
          {phase.position === 'next' && forecast ? (
            <div>
              <dt className="sr-only">{t('forecast')}</dt>
              <dd className="text-ink">{t.rich('forecastAt', { at: () => <Instant at={forecast} /> })}</dd>
            </div>
          ) : null}
        </dl>
      </div>
    </li>
  );
}

/** What the planned audience comes to, with what other rollouts hold back: the largest share each circle gets of a flag. */
function ActualReach({ getsIt }: { getsIt: readonly GetsIt[] }) {
  const t = useTranslations();
  const { locale } = useReader();
  if (getsIt.length === 0) return null;
  const shares = (['qa', 'beta', 'others'] as const).map((circle) => {
    const ratios = getsIt.filter((each) => each.circle === circle).map(({ ratio }) => ratio);
    return t('rollout.actualShare', {
      circle: t(`change.circle_${circle}`),
      share: formatShare(Math.max(...ratios), locale),
    });
  });
  return (
    <dd>
      {t('rollout.actual')} <span className="text-ink">{shares.join(' · ')}</span>
    </dd>
  );
}
