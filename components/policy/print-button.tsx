'use client';

import { Printer } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Button } from '#components/ui/button.tsx';

/** The page on paper, or as a PDF. */
export function PrintButton() {
  const t = useTranslations('policyPage');
  return (
    <Button className="max-sm:h-11 print:hidden" onClick={() => window.print()}>
      <Printer aria-hidden className="size-4" />
      {t('print')}
    </Button>
  );
}
