'use client';

import { useTranslations } from 'next-intl';

/** A function's name in the reader's language; its own where we have none for it. */
export function useJobName(): (job: { id: string; name: string }) => string {
  const t = useTranslations('jobName');
  return ({ id, name }) => (t.has(id) ? t(id) : name);
}
