import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { buttonClass } from '#components/ui/button.tsx';

export default function NotFound() {
  const t = useTranslations('state');
  return (
    <div className="mx-auto max-w-xl py-16 text-center">
      <h1 className="text-xl font-semibold">{t('notFoundTitle')}</h1>
      <p className="mt-2 text-ink-2">{t('notFoundText')}</p>
      <Link href="/" className={buttonClass({ tone: 'primary' }, 'mt-6')}>
        {t('toOverview')}
      </Link>
    </div>
  );
}
