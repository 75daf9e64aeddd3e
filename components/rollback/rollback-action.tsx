'use client';

import { useQuery } from '@tanstack/react-query';
import { Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import type { RequiredRollback, RollbackOffer } from '#lib/dashboard/index.ts';
import { protectionQuery } from '#lib/queries/index.ts';
import { useDeadlineText } from './deadline.tsx';
import { DeclineDialog } from './decline-dialog.tsx';
import { RollbackDialog } from './rollback-dialog.tsx';

type RollbackActionProps = {
  rolloutId: string;
  rolloutName: string;
  offer: RollbackOffer;
  /** The verdict asks for it; an open request says so, too. */
  recommended: boolean;
};

/**
 * The Roll back button, why it is unavailable if it is, and its dialog. On a phone it stands in a bar within the thumb's
 * reach, left of the corner where the thumb rests; while a rollback is required "not now" stands beside it.
 */
export function RollbackAction({ rolloutId, rolloutName, offer, recommended }: RollbackActionProps) {
  const t = useTranslations('rollback');
  const { locale } = useReader();
  const [dialog, setDialog] = useState<'roll_back' | 'decline' | null>(null);
  // The request whose dialog is open; another may replace it on the page meanwhile.
  const [declined, setDeclined] = useState<RequiredRollback | null>(null);
  const reasonId = useId();
  const { data: protection } = useQuery(protectionQuery(rolloutId));
  const required = protection?.required ?? null;
  const decide = protection?.rights.decide;
  const blocked =
    offer.blockedBy === 'nothing_behind'
      ? t('blocked_nothing_behind', { phase: offer.fromPhase })
      : offer.blockedBy === 'role'
        ? t('blocked_role', { roles: offer.allowedRoles.map((role) => role[locale]).join(' · ') })
        : offer.blockedBy === null
          ? null
          : t('blocked_other');
  const close = () => setDialog(null);
  return (
    <>
      <section
        aria-label={t('bar')}
        className={cx(
          'max-sm:fixed max-sm:inset-x-0 max-sm:bottom-(--tab-bar) max-sm:z-20 max-sm:border-t max-sm:border-line max-sm:bg-surface max-sm:px-4 max-sm:pt-3 max-sm:pb-[max(1rem,env(safe-area-inset-bottom))]',
          'flex flex-col gap-1.5 sm:flex-row sm:flex-wrap sm:items-center sm:justify-end sm:gap-3',
        )}
      >
        {required ? <PhoneDeadline required={required} halted={protection?.state === 'halted'} /> : null}
        {blocked ? (
          <p id={reasonId} className="text-[13px] text-ink-2">
            {blocked}
          </p>
        ) : null}
        <div className="flex items-center gap-4 max-sm:mr-16 sm:gap-3">
          <Button
            tone={(required || recommended) && !blocked ? 'danger' : 'plain'}
            className="max-sm:h-12 max-sm:min-w-0 max-sm:flex-auto"
            disabled={blocked !== null}
            aria-describedby={blocked ? reasonId : undefined}
            onClick={() => setDialog('roll_back')}
          >
            <Undo2 aria-hidden className="size-4 shrink-0" />
            {offer.toPhase === null
              ? t('action')
              : required
                ? t('confirmTo', { to: offer.toPhase })
                : t('actionTo', { to: offer.toPhase })}
          </Button>
          {required && decide?.allowed ? (
            <Button
              className="max-sm:h-12"
              onClick={() => {
                setDeclined(required);
                setDialog('decline');
              }}
            >
              {t('notNow')}
            </Button>
          ) : null}
        </div>
      </section>
      {dialog === 'roll_back' ? (
        <RollbackDialog rolloutId={rolloutId} rolloutName={rolloutName} offer={offer} onClose={close} />
      ) : null}
      {dialog === 'decline' && declined && decide ? (
        <DeclineDialog
          rolloutId={rolloutId}
          rolloutName={rolloutName}
          required={declined}
          right={decide}
          onClose={close}
        />
      ) : null}
    </>
  );
}

/** What happens if nobody presses, beside the buttons; wider screens have it in the notice above. */
function PhoneDeadline({ required, halted }: { required: RequiredRollback; halted: boolean }) {
  return (
    <p className="text-[13px] font-medium text-ink tabular-nums sm:hidden">
      {useDeadlineText()(required, halted)}
    </p>
  );
}
