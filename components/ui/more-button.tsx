'use client';

import { useTranslations } from 'next-intl';
import { Button } from './button.tsx';

/** Shows the next page of a list below what is there. */
export function MoreButton({ loading, onClick }: { loading: boolean; onClick: () => void }) {
  const t = useTranslations('app');
  return (
    <div className="border-t border-line p-3 text-center">
      <Button size="sm" className="max-sm:h-11" disabled={loading} onClick={onClick}>
        {loading ? t('loading') : t('more')}
      </Button>
    </div>
  );
}
