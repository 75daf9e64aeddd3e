'use client';

import { DatabaseZap } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useEffect } from 'react';
import { Button } from '#components/ui/button.tsx';
import { isServerWell } from '#lib/queries/index.ts';

const LOOK_MS = 5_000;

/** The server cannot read what every page begins with, as a rule because its database is down; loads again once it can. */
export function ServerTrouble({ id }: { id: string }) {
  const t = useTranslations();
  useEffect(() => {
    const timer = setInterval(() => {
      void isServerWell().then((well) => well && window.location.reload());
    }, LOOK_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="mx-auto max-w-xl py-16 text-center" role="alert">
      <DatabaseZap aria-hidden className="mx-auto size-8 text-warn" />
      <h1 className="mt-4 text-xl font-semibold">{t('state.troubleTitle')}</h1>
      <p className="mt-2 text-ink-2">{t('state.troubleText')}</p>
      <p className="mt-3 font-mono text-xs text-ink-2">{t('state.errorId', { id })}</p>
      <Button tone="primary" className="mt-6" onClick={() => window.location.reload()}>
        {t('app.retry')}
      </Button>
    </div>
  );
}
