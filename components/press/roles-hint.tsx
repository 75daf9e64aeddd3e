'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import type { Right } from '#lib/dashboard/index.ts';

/** Who may do it, for whoever may not. */
export function useRolesText(): (right: Right) => string {
  const t = useTranslations('press');
  const { locale } = useReader();
  return ({ roles }) => t('roles', { roles: roles.map((role) => role[locale]).join(' · ') });
}
