'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { OpeningCell, OpeningRow } from '#components/ui/opening-row.tsx';
import { OutsideLink } from '#components/ui/outside-link.tsx';
import { Words } from '#components/ui/words.tsx';
import type { DeliveryRow } from '#lib/dashboard/index.ts';
import { DeliveryStateBadge } from './delivery-state.tsx';
import { useChannelName } from './use-channel-name.ts';
import { useMessageName } from './use-message-name.ts';

const ENDED: readonly DeliveryRow['state'][] = ['delivered', 'fallen_back', 'failed', 'cancelled'];

/** A delivery in one line, and its attempts while it is open. `again`: null for whoever may not. */
export function DeliveryRowView({
  row,
  open,
  toggle,
  again,
}: {
  row: DeliveryRow;
  open: boolean;
  toggle: () => void;
  again: (() => void) | null;
}) {
  const t = useTranslations('delivery');
  const messageName = useMessageName();
  const channelName = useChannelName();
  const place = { kind: messageName(row.kind), channel: channelName(row.channelName) };
  return (
    <OpeningRow
      open={open}
      toggle={toggle}
      label={t(open ? 'hide' : 'show', place)}
      columns={6}
      details={<DeliveryDetails row={row} />}
    >
      <OpeningCell className="md:pt-3.5">
        <Instant at={row.createdAt} named="stacked" />
      </OpeningCell>
      <OpeningCell className="md:pt-3.5">
        <span className="flex flex-wrap items-center gap-x-2 gap-y-1">
          <span className="font-medium">{place.kind}</span>
          <span className="text-[13px] text-ink-2">{t(`level_${row.level}`)}</span>
          {row.dryRun ? <Badge>{t('rehearsal')}</Badge> : null}
        </span>
        <About row={row} />
      </OpeningCell>
      <OpeningCell className="md:pt-3.5">
        <span className="break-words">
          <Words>{place.channel}</Words>
        </span>
        {row.insteadOf ? (
          <span className="block text-[13px] text-ink-2">{t('insteadOf', { channel: row.insteadOf })}</span>
        ) : null}
      </OpeningCell>
      <OpeningCell className="md:pt-3">
        <DeliveryStateBadge state={row.state} />
        {row.takenOverBy ? (
          <span className="mt-0.5 block text-[13px] text-ink-2">
            {t('takenOver', { channel: channelName(row.takenOverBy) })}
          </span>
        ) : null}
        {row.state === 'due' && row.attempts.length > 0 && row.nextAt ? (
          <span className="mt-0.5 block text-[13px] text-ink-2">
            {t.rich('nextTry', { at: () => <Instant at={row.nextAt ?? ''} style="time" /> })}
          </span>
        ) : null}
      </OpeningCell>
      <OpeningCell className="md:pt-2">
        <span className="flex flex-wrap items-center justify-end gap-x-3 gap-y-1.5 text-[13px] max-md:justify-start max-md:pt-1">
          {row.url ? <OutsideLink href={row.url}>{t('openThere')}</OutsideLink> : null}
          {again && ENDED.includes(row.state) ? (
            <Button size="sm" className="max-md:h-11" aria-label={t('againOne', place)} onClick={again}>
              {t('again')}
            </Button>
          ) : null}
        </span>
      </OpeningCell>
    </OpeningRow>
  );
}

function About({ row }: { row: DeliveryRow }) {
  const { locale } = useReader();
  if (row.rolloutLabel === null && row.incident === null) return null;
  return (
    <span className="flex flex-wrap gap-x-3 text-[13px] text-ink-2">
      {row.rolloutId && row.rolloutLabel ? (
        <Link
          href={`/rollouts/${encodeURIComponent(row.rolloutId)}`}
          className="inline-flex min-h-6 items-center underline underline-offset-2 hover:no-underline"
        >
          {row.rolloutLabel[locale]} {row.phase}
        </Link>
      ) : null}
      {row.incident ? (
        <Link
          href={`/incidents/${row.incident.id}`}
          className="inline-flex min-h-6 items-center font-mono underline underline-offset-2 hover:no-underline"
        >
          {row.incident.key}
        </Link>
      ) : null}
    </span>
  );
}

/** Every attempt with what came of it. */
function DeliveryDetails({ row }: { row: DeliveryRow }) {
  const t = useTranslations('delivery');
  return (
    <div className="px-4 py-3 text-sm sm:pl-14">
      {row.attempts.length === 0 ? (
        <p className="text-ink-2">{t('noAttempt')}</p>
      ) : (
        <ol
          aria-label={t('attempts')}
          className="grid gap-px overflow-hidden rounded-md border border-line bg-line"
        >
          {row.attempts.map((attempt) => (
            <li
              key={attempt.number}
              className="flex flex-wrap gap-x-4 gap-y-0.5 bg-surface px-3 py-2 tabular-nums"
            >
              <span className="font-medium">{t('attemptN', { n: attempt.number })}</span>
              <Instant at={attempt.startedAt} style="full" />
              <span>{t(`outcome_${attempt.outcome}`)}</span>
              {attempt.httpStatus === null ? null : <span>HTTP {attempt.httpStatus}</span>}
              {attempt.latencyMs === null ? null : (
                <span className="text-ink-2">{t('latency', { ms: attempt.latencyMs })}</span>
              )}
              {attempt.error ? (
                <span lang="en" className="w-full break-words text-ink-2">
                  {attempt.error}
                </span>
              ) : null}
            </li>
          ))}
        </ol>
      )}
    </div>
  );
}
