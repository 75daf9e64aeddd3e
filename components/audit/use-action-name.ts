'use client';

import { useTranslations } from 'next-intl';

/** An action in words; the action itself where there are none, as for one of an older version. */
export function useActionName(): (action: string) => string {
  const t = useTranslations('auditAction');
  return (action) => {
    const key = action.replaceAll('.', '__');
    return t.has(key as never) ? t(key as never) : action;
  };
}
