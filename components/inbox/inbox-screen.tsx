'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { ReviewList } from '#components/reviews/review-list.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Section } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/notice.tsx';
import type { Attention, SafetyRecord } from '#lib/dashboard/index.ts';
import { attentionQuery, safetyRecordQuery } from '#lib/queries/index.ts';
import { TaskList } from './task-list.tsx';

/** What waits for the reader, the most urgent first, each with the place where it is done; then what break-glass acts owe. */
export function InboxScreen({ attention, record }: { attention: Attention; record: SafetyRecord }) {
  const t = useTranslations();
  const { data, error, refetch } = useQuery({ ...attentionQuery(), initialData: attention });
  const { data: past } = useQuery({ ...safetyRecordQuery(), initialData: record });
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <h1 className="text-xl font-semibold">{t('inbox.title')}</h1>
        <p className="mt-1 max-w-prose text-sm text-ink-2">{t('inbox.lead')}</p>
      </div>
      {error ? <LoadFailed error={error} retry={refetch} stale={data.now} /> : null}
      <Section id="tasks" title={t('inbox.tasks', { count: data.tasks.length })}>
        {data.tasks.length === 0 ? (
          <EmptyState title={t('inbox.none')}>{t('inbox.noneText')}</EmptyState>
        ) : (
          <TaskList tasks={data.tasks} />
        )}
      </Section>
      <Section id="reviews" title={t('reviews.title')}>
        <ReviewList reviews={past.reviews} right={past.rights.signReview} />
      </Section>
    </div>
  );
}
