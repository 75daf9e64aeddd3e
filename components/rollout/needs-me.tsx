'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { TaskList } from '#components/inbox/task-list.tsx';
import { Section } from '#components/ui/card.tsx';
import { attentionQuery } from '#lib/queries/index.ts';

/** What this rollout asks of the reader; nothing at all where it asks for nothing. */
export function NeedsMe({ rolloutId }: { rolloutId: string }) {
  const t = useTranslations('rollout');
  const { data } = useQuery(attentionQuery());
  const tasks = (data?.tasks ?? []).filter((task) => task.rolloutId === rolloutId);
  if (tasks.length === 0) return null;
  return (
    <Section id="needs-me" title={t('needsMe')}>
      <TaskList tasks={tasks} onPage />
    </Section>
  );
}
