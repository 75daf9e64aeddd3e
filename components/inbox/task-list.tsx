'use client';

import { ChevronRight } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Age, useNow, useReader } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { Task } from '#lib/dashboard/index.ts';
import { formatInstant, formatSpan, zoneName } from '#lib/i18n/index.ts';
import { TASK_LOOKS } from './task-looks.tsx';

/** What waits for the reader: each with its place, since when it waits, and what becomes of it if nobody acts. */
export function TaskList({ tasks, onPage = false }: { tasks: readonly Task[]; onPage?: boolean }) {
  return (
    <ul className="divide-y divide-line">
      {tasks.map((task) => (
        <TaskEntry key={task.id} task={task} onPage={onPage} />
      ))}
    </ul>
  );
}

function TaskEntry({ task, onPage }: { task: Task; onPage: boolean }) {
  const t = useTranslations('inbox');
  const { locale } = useReader();
  const { icon: Icon, ink } = TASK_LOOKS[task.kind];
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
            {onPage ? null : (
              <>
                {task.rolloutLabel?.[locale] ?? t('everything')}
                {task.phase === null ? null : ` · ${task.phase}`}
              </>
            )}
            {task.since === null ? null : (
              <>
                {onPage ? null : ' · '}
                {t.rich('since', { age: () => <Age at={task.since ?? ''} /> })}
              </>
            )}
          </span>
          <Idle task={task} />
        </span>
        <ChevronRight aria-hidden className="size-5 shrink-0 text-ink-3" />
      </Link>
    </li>
  );
}

/** What happens if nobody acts. */
function Idle({ task }: { task: Task }) {
  const t = useTranslations('inbox');
  const { locale, zone } = useReader();
  const now = useNow();
  if (task.dueAt === null)
    return <span className="mt-0.5 block text-[13px] text-ink-2">{t(`idle_${task.kind}`)}</span>;
  const restSeconds = (Date.parse(task.dueAt) - now) / 1000;
  return (
    <span className="mt-0.5 block text-[13px] font-medium tabular-nums">
      {restSeconds > 0
        ? t('due', {
            at: `${formatInstant(task.dueAt, 'clock', locale, zone)} ${zoneName(zone)}`,
            rest: formatSpan(restSeconds, locale),
          })
        : t('overdue')}
    </span>
  );
}
