import { ExternalLink } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';

/** A link that leaves Phasegate, and says so. */
export function OutsideLink({ href, children }: { href: string; children: ReactNode }) {
  const t = useTranslations('panel');
  return (
    <a
      href={href}
      target="_blank"
      rel="noreferrer"
      className="inline-flex items-center gap-1 font-medium text-accent underline underline-offset-2"
    >
      {children}
      <ExternalLink aria-hidden className="size-3.5" />
      <span className="sr-only">{t('opensOutside')}</span>
    </a>
  );
}
