'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Instant, useReader } from '#components/clock/clock.tsx';
import type { WindowView } from '#lib/dashboard/index.ts';
import { Part } from './part.tsx';

type Batch = WindowView['batches'][number];

/** Where the window's events came from: file or key, lines, content, when they arrived, and what became of them. */
export function WindowBatches({ view }: { view: WindowView }) {
  const t = useTranslations('window');
  return (
    <Part title={t('batches')}>
      <p className="mb-2 text-[13px] text-ink-2">{t('batchesText')}</p>
      {view.batches.length === 0 ? (
        <p className="text-sm text-ink-2">{t('noBatches')}</p>
      ) : (
        <ul className="grid gap-px overflow-hidden rounded-md border border-line bg-line">
          {view.batches.map((batch) => (
            <BatchItem key={batch.id} batch={batch} />
          ))}
        </ul>
      )}
      {view.batchesLeftOut ? (
        <p className="mt-2 text-sm text-ink-2">{t('unread_batches', { count: view.batches.length })}</p>
      ) : null}
    </Part>
  );
}

function BatchItem({ batch }: { batch: Batch }) {
  const t = useTranslations('window');
  const { locale } = useReader();
  const number = new Intl.NumberFormat(locale);
  const lines =
    batch.lineCount > 0
      ? t('lines', {
          from: number.format(batch.firstLine),
          to: number.format(batch.firstLine + batch.lineCount - 1),
        })
      : t('noLines');
  return (
    <li className="min-w-0 bg-surface px-3 py-2 text-sm" data-batch={batch.id}>
      <div className="flex flex-wrap items-baseline gap-x-3">
        <span className="font-medium break-all">{batch.sourceName}</span>
        <span className="text-[13px] text-ink-2">{t(`source_${batch.sourceKind}`)}</span>
        <span className="text-[13px] tabular-nums">{lines}</span>
      </div>
      <div className="mt-0.5 flex flex-wrap gap-x-4 gap-y-0.5 text-[13px] text-ink-2 tabular-nums">
        <span>{t('accepted', { count: number.format(batch.eventCount) })}</span>
        {batch.excludedCount > 0 ? (
          <span>{t('excludedCount', { count: number.format(batch.excludedCount) })}</span>
        ) : null}
        {batch.lateCount > 0 ? <span>{t('late', { count: number.format(batch.lateCount) })}</span> : null}
        {batch.quarantinedCount > 0 ? (
          <Link href="/quarantine" className="font-medium text-accent underline underline-offset-2">
            {t('quarantined', { count: number.format(batch.quarantinedCount) })}
          </Link>
        ) : null}
        <span>{t.rich('received', { at: () => <Instant at={batch.receivedAt} /> })}</span>
        {batch.countedAt === null ? (
          <span>{t('notCounted')}</span>
        ) : (
          <span>{t.rich('countedAt', { at: () => <Instant key="at" at={batch.countedAt ?? ''} /> })}</span>
        )}
      </div>
      <p className="mt-0.5 font-mono text-xs break-all text-ink-2">
        <span className="font-sans">{t('hash')}</span> {batch.sha256}
      </p>
    </li>
  );
}
