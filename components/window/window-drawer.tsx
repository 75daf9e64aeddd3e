'use client';

import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { ChevronLeft, ChevronRight, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Button } from '#components/ui/button.tsx';
import { Skeleton } from '#components/ui/notice.tsx';
import { VerdictBadge } from '#components/ui/verdict-badge.tsx';
import { VerdictDetails } from '#components/verdicts/verdict-details.tsx';
import type { WindowView } from '#lib/dashboard/index.ts';
import { formatInstant, formatWindow, zoneName } from '#lib/i18n/index.ts';
import { windowQuery } from '#lib/queries/index.ts';
import { Part } from './part.tsx';
import { WindowBatches } from './window-batches.tsx';
import { WindowCounts } from './window-counts.tsx';
import { WindowEventsPart } from './window-events.tsx';

/** One window from its verdict down to the lines it was counted from; a drawer beside the page, all of a phone. */
export function WindowDrawer({
  rolloutId,
  windowStart,
  go,
  close,
}: {
  rolloutId: string;
  windowStart: string;
  go: (windowStart: string) => void;
  close: () => void;
}) {
  const t = useTranslations();
  const { locale, zone } = useReader();
  const { data: view, error, refetch } = useQuery(windowQuery(rolloutId, windowStart));
  const other = zone === 'UTC' ? 'Asia/Tokyo' : 'UTC';
  return (
    <Dialog.Root open onOpenChange={(open) => !open && close()}>
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/40" />
        <Dialog.Popup
          data-window={windowStart}
          className="fixed inset-y-0 right-0 z-50 flex w-full max-w-3xl flex-col border-l border-line bg-surface text-ink shadow-xl outline-none"
        >
          <div className="flex flex-wrap items-start gap-x-4 gap-y-2 border-b border-line px-4 py-3 sm:px-5">
            <div className="min-w-0 flex-1">
              <Dialog.Title className="text-lg leading-snug font-semibold tabular-nums">
                {view
                  ? formatWindow(view.windowStart, view.windowEnd, locale, zone)
                  : formatInstant(windowStart, 'dayTime', locale, zone)}{' '}
                {zoneName(zone)}
              </Dialog.Title>
              <Dialog.Description className="text-[13px] text-ink-2 tabular-nums">
                {t('window.inOtherZone', {
                  at: `${formatInstant(windowStart, 'full', locale, other)} ${zoneName(other)}`,
                })}
              </Dialog.Description>
            </div>
            <div className="flex gap-1">
              <Step label={t('window.previous')} to={view?.previous ?? null} go={go} icon={ChevronLeft} />
              <Step label={t('window.next')} to={view?.next ?? null} go={go} icon={ChevronRight} />
              <Dialog.Close
                aria-label={t('app.close')}
                className="inline-flex size-10 items-center justify-center rounded-md text-ink-2 hover:bg-sunken hover:text-ink max-sm:size-11"
              >
                <X aria-hidden className="size-5" />
              </Dialog.Close>
            </div>
          </div>
          <section
            aria-label={t('window.title')}
            className="min-h-0 flex-1 overflow-y-auto overscroll-contain px-4 py-4 sm:px-5"
            // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
            tabIndex={0}
          >
            {error ? <LoadFailed error={error} retry={refetch} title={t('window.failed')} /> : null}
            {view ? (
              <Content key={view.windowStart} view={view} />
            ) : error ? null : (
              <Skeleton className="h-[40rem]" />
            )}
          </section>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}

function Step({
  label,
  to,
  go,
  icon: Icon,
}: {
  label: string;
  to: string | null;
  go: (windowStart: string) => void;
  icon: typeof ChevronLeft;
}) {
  return (
    <Button
      aria-label={label}
      title={label}
      className="size-10 px-0 max-sm:size-11"
      disabled={to === null}
      onClick={() => to !== null && go(to)}
    >
      <Icon aria-hidden className="size-5" />
    </Button>
  );
}

function Content({ view }: { view: WindowView }) {
  const t = useTranslations('window');
  const verdicts = view.verdicts.filter(
    (row, i) => view.verdicts.findIndex(({ phase }) => phase === row.phase) === i,
  );
  const earlier = view.verdicts.filter((row) => !verdicts.includes(row));
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-6">
      {verdicts.length === 0 ? <p className="text-sm text-ink-2">{t('notJudged')}</p> : null}
      {verdicts.map((row) => (
        <Part
          key={row.id}
          title={t('verdictOf', { phase: row.phase })}
          aside={<VerdictBadge verdict={row.verdict} />}
        >
          {row.rollbackRequired && row.rollbackTo ? (
            <p className="mb-2 text-sm font-medium text-bad">
              {t('rollbackRequired', { to: row.rollbackTo })}
            </p>
          ) : null}
          <VerdictDetails row={row} labels={view.metricLabels} />
        </Part>
      ))}
      {earlier.length > 0 ? (
        <Part title={t('revisions')}>
          <p className="mb-2 text-[13px] text-ink-2">{t('revisionsText')}</p>
          <ul className="grid gap-1.5 text-sm">
            {earlier.map((row) => (
              <li key={row.id} className="flex flex-wrap items-center gap-x-3 gap-y-1">
                <span>{t('revisionOf', { n: row.revision, phase: row.phase })}</span>
                <VerdictBadge verdict={row.verdict} />
                <Instant at={row.createdAt} />
              </li>
            ))}
          </ul>
        </Part>
      ) : null}
      <Happened view={view} />
      <WindowCounts view={view} />
      <WindowEventsPart view={view} />
      <WindowBatches view={view} />
    </div>
  );
}

/** What changed for users while the window lasted. */
function Happened({ view }: { view: WindowView }) {
  const t = useTranslations('window');
  if (view.phaseChanges.length + view.deployments.length === 0) return null;
  return (
    <Part title={t('happened')}>
      <ul className="grid gap-1 text-sm">
        {view.phaseChanges.map((change) => (
          <li key={change.id} className="flex flex-wrap gap-x-3">
            <Instant at={change.at} />
            <span className="font-medium">
              {change.kind === 'rollback' ? '↩' : '→'} {change.toPhase}
            </span>
            <span className="text-ink-2">{change.actorName}</span>
          </li>
        ))}
        {view.deployments.map((deployment) => (
          <li key={deployment.id} className="flex flex-wrap gap-x-3">
            <Instant at={deployment.deployedAt} />
            <span className="font-medium break-all">
              ◆ {deployment.name} {deployment.version}
            </span>
            <span className="text-ink-2">{deployment.actorName}</span>
          </li>
        ))}
      </ul>
    </Part>
  );
}
