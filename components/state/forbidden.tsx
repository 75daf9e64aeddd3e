import { Lock } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { buttonClass } from '#components/ui/button.tsx';
import type { Permission } from '#lib/policy/index.ts';

/** The reader may not see a page: what was refused, which roles would do, and whom to ask. */
export function Forbidden({
  roles,
  permission = 'view',
}: {
  roles: readonly string[];
  permission?: Extract<Permission, 'view' | 'manage_users'>;
}) {
  const t = useTranslations('state');
  return (
    <div className="mx-auto max-w-xl py-16 text-center">
      <Lock aria-hidden className="mx-auto size-8 text-ink-3" />
      <h1 className="mt-4 text-xl font-semibold">{t('forbiddenTitle')}</h1>
      <p className="mt-2 text-ink-2">{t(`refused_${permission}`)}</p>
      <p className="mt-1 text-ink-2">
        {roles.length > 0 ? t('forbiddenText', { roles: roles.join(' · ') }) : t('forbiddenNobody')}
      </p>
      {permission === 'view' ? null : (
        <Link href="/" className={buttonClass({ tone: 'primary' }, 'mt-6')}>
          {t('toOverview')}
        </Link>
      )}
    </div>
  );
}
