'use client';

import { Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import type { RollbackOffer } from '#lib/dashboard/index.ts';
import { RollbackDialog } from './rollback-dialog.tsx';

type RollbackActionProps = {
  rolloutId: string;
  rolloutName: string;
  offer: RollbackOffer;
  recommended: boolean;
};

/** The Roll back button, why it is unavailable if it is, and its dialog; on a phone in a bar within the thumb's reach. */
export function RollbackAction({ rolloutId, rolloutName, offer, recommended }: RollbackActionProps) {
  const t = useTranslations('rollback');
  const { locale } = useReader();
  const [open, setOpen] = useState(false);
  const reasonId = useId();
  const blocked =
    offer.blockedBy === 'nothing_behind'
      ? t('blocked_nothing_behind', { phase: offer.fromPhase })
      : offer.blockedBy === 'role'
        ? t('blocked_role', { roles: offer.allowedRoles.map((role) => role[locale]).join(' · ') })
        : null;
  return (
    <>
      <section
        aria-label={t('bar')}
        className={cx(
          'max-sm:fixed max-sm:inset-x-0 max-sm:bottom-0 max-sm:z-20 max-sm:border-t max-sm:border-line max-sm:bg-surface max-sm:px-4 max-sm:pt-3 max-sm:pb-[max(0.75rem,env(safe-area-inset-bottom))]',
          'flex flex-col gap-1.5 sm:flex-row sm:items-center sm:gap-3',
        )}
      >
        {blocked ? (
          <p id={reasonId} className="text-[13px] text-ink-2 max-sm:text-center">
            {blocked}
          </p>
        ) : null}
        <Button
          tone={recommended && !blocked ? 'danger' : 'plain'}
          className="max-sm:h-12 max-sm:w-full"
          disabled={blocked !== null}
          aria-describedby={blocked ? reasonId : undefined}
          onClick={() => setOpen(true)}
        >
          <Undo2 aria-hidden className="size-4" />
          {offer.toPhase === null ? t('action') : t('actionTo', { to: offer.toPhase })}
        </Button>
      </section>
      {open ? (
        <RollbackDialog
          rolloutId={rolloutId}
          rolloutName={rolloutName}
          offer={offer}
          recommended={recommended}
          open
          onOpenChange={setOpen}
        />
      ) : null}
    </>
  );
}
