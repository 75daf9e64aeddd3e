'use client';

import { useQuery } from '@tanstack/react-query';
import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Age, useNow, useReader } from '#components/clock/clock.tsx';
import { ReviewList } from '#components/reviews/review-list.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { EmptyState } from '#components/ui/notice.tsx';
import type { Attention, SafetyRecord, Task } from '#lib/dashboard/index.ts';
import { formatInstant, formatSpan, zoneName } from '#lib/i18n/index.ts';
import { attentionQuery, safetyRecordQuery } from '#lib/queries/index.ts';
import { TASK_LOOKS } from './task-looks.tsx';

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
          <ul className="divide-y divide-line">
            {data.tasks.map((task) => (
              <TaskEntry key={task.id} task={task} />
            ))}
          </ul>
        )}
      </Section>
      <Section id="reviews" title={t('reviews.title')}>
        <ReviewList reviews={past.reviews} right={past.rights.signReview} />
      </Section>
    </div>
  );
}

function TaskEntry({ task }: { task: Task }) {
  const t = useTranslations('inbox');
  const { locale, zone } = useReader();
  const now = useNow();
  const { icon: Icon, ink } = TASK_LOOKS[task.kind];
  const restSeconds = task.dueAt === null ? null : (Date.parse(task.dueAt) - now) / 1000;
  return (
    <li>
      <Link
        href={task.href}
        className="flex min-h-14 items-center gap-3 px-4 py-3 text-sm hover:bg-sunken/60 sm:px-5"
      >
        <Icon aria-hidden className={cx('size-5 shrink-0', ink)} />
        <span className="min-w-0 flex-1">
          <span className="block font-semibold">
            {t(`task_${task.kind}`, { about: task.about?.[locale] ?? '' })}
          </span>
          <span className="block text-[13px] text-ink-2">
            {task.rolloutLabel?.[locale] ?? t('everything')}
            {task.phase === null ? null : ` · ${task.phase}`}
            {task.since === null ? null : (
              <>
                {' · '}
                <Age at={task.since} />
              </>
            )}
          </span>
          {task.dueAt !== null && restSeconds !== null ? (
            <span className="mt-0.5 block text-[13px] font-medium tabular-nums">
              {restSeconds > 0
                ? t('due', {
                    at: `${formatInstant(task.dueAt, 'clock', locale, zone)} ${zoneName(zone)}`,
                    rest: formatSpan(restSeconds, locale),
                  })
                : t('overdue')}
            </span>
          ) : null}
        </span>
        <ChevronRight aria-hidden className="size-5 shrink-0 text-ink-3" />
      </Link>
    </li>
  );
}
