'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Notice, Skeleton } from '#components/ui/notice.tsx';
import type { WindowEvents, WindowView } from '#lib/dashboard/index.ts';
import { formatInstant, formatMetric, zoneName } from '#lib/i18n/index.ts';
import { windowEventsQuery } from '#lib/queries/index.ts';
import { Part } from './part.tsx';

const MB = 1024 * 1024;

/** The slowest and the failing events, as they were sent, with what could not be read of the window. */
export function WindowEventsPart({ view }: { view: WindowView }) {
  const t = useTranslations('window');
  const { locale } = useReader();
  const { data, error, refetch } = useQuery(windowEventsQuery(view.rolloutId, view.windowStart));
  if (error)
    return (
      <Part title={t('slowest')}>
        <LoadFailed error={error} retry={refetch} title={t('eventsFailed')} />
      </Part>
    );
  if (!data)
    return (
      <Part title={t('slowest')}>
        <p role="status" className="sr-only">
          {t('reading')}
        </p>
        <Skeleton className="h-72" />
      </Part>
    );
  return (
    <>
      <Unread events={data} />
      <Part title={t('failing')}>
        {data.failing.length === 0 ? (
          <p className="text-sm text-ink-2">{t('noFailing')}</p>
        ) : (
          <>
            <p className="mb-2 text-[13px] text-ink-2">
              {t('failingText', { shown: data.failing.length, count: data.failingCount })}
            </p>
            <EventList events={data.failing} view={view} />
          </>
        )}
      </Part>
      <Part title={t('slowest')}>
        {data.slowest.length === 0 ? (
          <p className="text-sm text-ink-2">{t('noSlowest')}</p>
        ) : (
          <>
            <p className="mb-2 text-[13px] text-ink-2">
              {t('slowestText', { count: new Intl.NumberFormat(locale).format(eventCount(data)) })}
            </p>
            <EventList events={data.slowest} view={view} />
          </>
        )}
      </Part>
    </>
  );
}

const eventCount = (events: WindowEvents): number =>
  events.reads.reduce((sum, { events: count }) => sum + count, 0);

/** What was not looked at, and why; nothing where all of it was. */
function Unread({ events }: { events: WindowEvents }) {
  const t = useTranslations('window');
  const { locale } = useReader();
  const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 1 });
  const missed = events.reads.filter(({ outcome, reason }) => outcome !== 'whole' && reason !== 'internal');
  if (missed.length === 0 && !events.batchesLeftOut) return null;
  const byReason = Map.groupBy(missed, ({ reason }) => reason ?? 'unreadable');
  return (
    <Notice tone="warn" title={t('notAll')}>
      <ul className="list-disc pl-5">
        {[...byReason].map(([reason, reads]) => (
          <li key={reason}>
            {t(`unread_${reason}`, {
              count: reads.length,
              limit: number.format(events.limitBytes / MB),
              seconds: number.format(events.limitSeconds),
              read: number.format(reads.reduce((sum, { readBytes }) => sum + readBytes, 0) / MB),
              all: number.format(reads.reduce((sum, { byteCount }) => sum + byteCount, 0) / MB),
            })}
          </li>
        ))}
        {events.batchesLeftOut ? <li>{t('unread_batches', { count: events.reads.length })}</li> : null}
      </ul>
    </Notice>
  );
}

function EventList({ events, view }: { events: WindowEvents['slowest']; view: WindowView }) {
  const t = useTranslations('window');
  const { locale, zone } = useReader();
  return (
    <ol className="grid gap-px overflow-hidden rounded-md border border-line bg-line">
      {events.map((event) => (
        <li key={`${event.batchId} ${event.lineNumber}`} className="min-w-0 bg-surface px-3 py-2 text-sm">
          <div className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            {event.value === null ? null : (
              <span className="font-semibold tabular-nums">
                {event.field?.endsWith('_ms') ? formatMetric(event.value, 'ms', locale) : event.value}
              </span>
            )}
            <span className="font-mono text-[13px]">{event.event}</span>
            <time dateTime={event.ts} className="text-[13px] text-ink-2 tabular-nums">
              {formatInstant(event.ts, 'full', locale, zone)} {zoneName(zone)}
            </time>
            {event.against.length > 0 ? (
              <span className="text-[13px] text-bad">
                {t('against', {
                  metrics: event.against
                    .map((metric) => view.metricLabels[metric]?.[locale] ?? metric)
                    .join(locale === 'ja' ? '、' : ', '),
                })}
              </span>
            ) : null}
          </div>
          <p className="mt-0.5 text-xs text-ink-2">
            {t('lineOf', { line: event.lineNumber, source: event.sourceName })}
          </p>
          <pre className="mt-1 font-mono text-xs break-all whitespace-pre-wrap text-ink-2">{event.raw}</pre>
          {event.rawTruncated ? <p className="text-xs text-ink-2">{t('rawTruncated')}</p> : null}
        </li>
      ))}
    </ol>
  );
}
