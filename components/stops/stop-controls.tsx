'use client';

import { useQuery } from '@tanstack/react-query';
import { OctagonPause } from 'lucide-react';
import dynamic from 'next/dynamic';
import { useTranslations } from 'next-intl';
import { useEffect, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import { attentionQuery } from '#lib/queries/index.ts';
import { EVERYTHING } from '#lib/rollouts/index.ts';

// Not part of what a page needs to begin with, but there before anybody presses: the network may be gone by then.
const loadDialog = () => import('./stop-dialog.tsx').then((module) => module.StopDialog);
const StopDialog = dynamic(loadDialog, { ssr: false });

/** Opens the dialog that stops something: one rollout, or with `*` everything. In the bar it is small and says what it is. */
export function StopControls({ scope }: { scope: string }) {
  const t = useTranslations('stops');
  const [open, setOpen] = useState(false);
  const { data } = useQuery(attentionQuery());
  const inBar = scope === EVERYTHING;
  useEffect(() => {
    // Without it the button loads it once more.
    loadDialog().catch(() => undefined);
  }, []);
  return (
    <>
      <Button
        size={inBar ? 'sm' : 'md'}
        disabled={!data}
        aria-label={inBar ? t('open') : undefined}
        aria-haspopup="dialog"
        onClick={() => setOpen(true)}
        className={cx(inBar && 'max-lg:size-11 max-lg:px-0')}
      >
        <OctagonPause aria-hidden className="size-4.5 shrink-0" />
        <span className={cx(inBar && 'max-lg:sr-only')}>{inBar ? t('openShort') : t('openRollout')}</span>
      </Button>
      {open && data ? (
        <StopDialog initialScope={scope} attention={data} onClose={() => setOpen(false)} />
      ) : null}
    </>
  );
}
