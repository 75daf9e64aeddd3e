import { useTranslations } from 'next-intl';
import { Notice } from '#components/ui/notice.tsx';

/** The reader may not see a page: which roles would do, and whom to ask. */
export function Forbidden({ roles }: { roles: readonly string[] }) {
  const t = useTranslations('state');
  return (
    <div className="mx-auto max-w-xl py-10">
      <h1 className="sr-only">{t('forbiddenTitle')}</h1>
      <Notice tone="warn" title={t('forbiddenTitle')}>
        {t('forbiddenText', { roles: roles.join(' · ') })}
      </Notice>
    </div>
  );
}
