'use client';

import { useQuery } from '@tanstack/react-query';
import { Eye, Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Age, Instant, useNow, useReader } from '#components/clock/clock.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { NewestStep, Protection, Watch } from '#lib/dashboard/index.ts';
import { formatSpan } from '#lib/i18n/index.ts';
import { protectionQuery } from '#lib/queries/index.ts';
import { CauseList } from './cause-text.tsx';
import { DeadlineLine } from './deadline.tsx';
import { RestartNotice } from './restart-notice.tsx';

/** What a person must know before anything else about this rollout: a required rollback, a proof, a watch. */
export function RolloutNotices({ rolloutId }: { rolloutId: string }) {
  const { data } = useQuery(protectionQuery(rolloutId));
  if (!data) return null;
  return (
    <div id="notices" className="grid scroll-mt-20 gap-3 empty:hidden">
      <RequiredNotice protection={data} />
      <StepNotice protection={data} />
      {data.watch ? (
        <WatchNotice
          watch={data.watch}
          phase={data.phase}
          escalated={data.escalatedAt}
          halted={data.state === 'halted'}
        />
      ) : null}
      {data.canary ? <RestartNotice protection={data} canary={data.canary} /> : null}
      <PastNotice protection={data} />
    </div>
  );
}

function RequiredNotice({ protection }: { protection: Protection }) {
  const t = useTranslations('notices');
  const { required, state, label } = protection;
  const { locale } = useReader();
  if (!required) return null;
  return (
    <Notice
      tone="bad"
      title={
        // The title alone is announced: a countdown within would be read out every few seconds.
        <span role="alert">
          <span className="sr-only">{label[locale]}: </span>
          {required.toPhase === null
            ? t('requiredNowhereTitle', { phase: required.fromPhase })
            : t('requiredTitle', { from: required.fromPhase, to: required.toPhase })}
        </span>
      }
    >
      <CauseList required={required} />
      <DeadlineLine required={required} halted={state === 'halted'} />
      <p className="mt-1 text-[13px]">
        {t.rich('requiredSince', {
          at: () => <Instant at={required.openedAt} />,
          age: () => <Age at={required.openedAt} />,
        })}
      </p>
    </Notice>
  );
}

/** A step whose effect has not been read back yet, or could not be. */
function StepNotice({ protection }: { protection: Protection }) {
  const { step, place } = protection;
  if (!step) return null;
  const underWay = place === 'rolling_back' || place === 'promoting';
  if (step.proof === 'failed' || (underWay && protection.escalatedAt !== null))
    return <UnprovenNotice step={step} />;
  return underWay ? <ProvingNotice step={step} /> : null;
}

function UnprovenNotice({ step }: { step: NewestStep }) {
  const t = useTranslations('notices');
  return (
    <Notice
      tone="bad"
      title={
        <span role="alert">
          {t(step.kind === 'rollback' ? 'unprovenRollback' : 'unprovenStep', { to: step.toPhase })}
        </span>
      }
    >
      <p>{t('unprovenText')}</p>
      <p className="mt-1 text-[13px]">
        {t.rich('provingSince', {
          actor: step.actorName,
          at: () => <Instant at={step.at} />,
          attempts: step.attempts,
        })}
      </p>
    </Notice>
  );
}

function ProvingNotice({ step }: { step: NewestStep }) {
  const t = useTranslations('notices');
  return (
    <Notice
      tone="info"
      title={
        <span role="status" className="inline-flex items-center gap-2">
          <Undo2 aria-hidden className={step.kind === 'rollback' ? 'size-4' : 'hidden'} />
          {t(step.kind === 'rollback' ? 'provingRollback' : 'provingStep', { to: step.toPhase })}
        </span>
      }
    >
      <p>{t('provingText')}</p>
      <p className="mt-1 text-[13px]">
        {t.rich('provingSince', {
          actor: step.actorName,
          at: () => <Instant at={step.at} />,
          attempts: step.attempts,
        })}
      </p>
    </Notice>
  );
}

function WatchNotice({
  watch,
  phase,
  escalated,
  halted,
}: {
  watch: Watch;
  phase: string;
  escalated: string | null;
  /** The kill switch is pressed: nothing follows from the watch until it is armed again. */
  halted: boolean;
}) {
  const t = useTranslations('notices');
  const { locale } = useReader();
  const restSeconds = (Date.parse(watch.until) - useNow()) / 1000;
  const over = restSeconds <= 0;
  const newest = watch.readings[0];
  return (
    <Notice
      tone={escalated ? 'bad' : 'info'}
      title={
        <span role={escalated ? 'alert' : 'status'} className="inline-flex items-center gap-2">
          <Eye aria-hidden className="size-4" />
          {escalated ? t('notRecoveredTitle', { phase }) : t('watchTitle', { phase })}
        </span>
      }
    >
      <p>
        {over
          ? t(halted ? 'watchOverHalted' : 'watchOver')
          : t.rich('watchRest', {
              rest: formatSpan(restSeconds, locale),
              at: () => <Instant at={watch.until} />,
            })}{' '}
        {escalated ? t('notRecoveredText') : t('watchText', { windows: watch.neededWindows })}
      </p>
      {watch.readings.length === 0 ? (
        <p className="mt-2">{t('noReadings')}</p>
      ) : (
        <details className="mt-2">
          <summary className="text-ink">
            {t('readings', { met: watch.metCount, count: watch.readingCount })}
            {newest ? (
              <span className="ml-3 inline-flex items-center gap-2">
                <span className="text-ink-2">{t('newest')}</span>
                <VerdictWord verdict={newest.verdict} />
                <span className="text-[13px] text-ink-2">
                  <Instant at={newest.at} style="time" />
                </span>
              </span>
            ) : null}
          </summary>
          <ol className="mt-1.5 flex max-h-40 flex-col gap-1 overflow-y-auto sm:max-w-md">
            {watch.readings.map((reading) => (
              <li key={reading.at} className="flex items-center justify-between gap-3">
                <VerdictWord verdict={reading.verdict} />
                <span className="text-[13px]">
                  <Instant at={reading.at} />
                </span>
              </li>
            ))}
          </ol>
        </details>
      )}
    </Notice>
  );
}

/** A "not now" that still holds, or what a shadow only recorded. */
function PastNotice({ protection }: { protection: Protection }) {
  const t = useTranslations('notices');
  const { declined, shadowed } = protection;
  if (declined)
    return (
      <Notice tone="warn" title={t('declinedBy', { name: declined.byName ?? '—' })}>
        <p>
          {declined.reason ? `${declined.reason} · ` : null}
          <Instant at={declined.at} />
        </p>
        <p>{t('declinedNext')}</p>
      </Notice>
    );
  if (shadowed)
    return (
      <Notice tone="info" title={t('shadowTitle', { to: shadowed.toPhase ?? '—' })}>
        <p>
          {t(`cause_${shadowed.cause}`)} <Instant at={shadowed.at} />
        </p>
        <p>{t('shadowText')}</p>
      </Notice>
    );
  return null;
}
