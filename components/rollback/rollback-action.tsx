'use client';

import { useQuery } from '@tanstack/react-query';
import { Siren, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { useAct } from '#components/press/use-act.ts';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import type { RequiredRollback, RollbackOffer, RolloutSummary } from '#lib/dashboard/index.ts';
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
  /** The newest incident that is open. */
  incident: RolloutSummary['rollbackActive'][number] | null;
};

/**
 * The Roll back button, why it is unavailable if it is, and its dialog. On a phone it stands in a bar within the thumb's
 * reach, left of the corner where the thumb rests; beside it what the moment asks for: "not now" while a rollback is
 * required, else the incident that is open.
 */
export function RollbackAction({
  rolloutId,
  rolloutName,
  offer,
  recommended,
  incident,
}: RollbackActionProps) {
  const t = useTranslations('rollback');
  const { locale } = useReader();
  const reasonId = useId();
  const { data: protection } = useQuery(protectionQuery(rolloutId));
  const required = protection?.required ?? null;
  // The request whose dialog is open; another may replace it on the page meanwhile.
  const [asked, setAsked] = useState<RequiredRollback | null>(required);
  const decide = protection?.rights.decide;
  const blocked =
    offer.blockedBy === 'nothing_behind'
      ? t('blocked_nothing_behind', { phase: offer.fromPhase })
      : offer.blockedBy === 'role'
        ? t('blocked_role', { roles: offer.allowedRoles.map((role) => role[locale]).join(' · ') })
        : offer.blockedBy === null
          ? null
          : t('blocked_other');
  const [act, setAct] = useAct(['rollback', 'decline'], offer.fromPhase, (each) =>
    each === 'rollback' ? blocked === null : required !== null && decide?.allowed === true,
  );
  const close = () => setAct(null);
  return (
    <>
      <section
        aria-label={t('bar')}
        className={cx(
          'max-sm:fixed max-sm:inset-x-0 max-sm:bottom-[var(--tab-bar)] max-sm:z-20 max-sm:border-t max-sm:border-line max-sm:bg-surface max-sm:px-4 max-sm:pt-3 max-sm:pb-3',
          'flex flex-col gap-1.5 sm:flex-row sm:flex-wrap sm:items-center sm:justify-end sm:gap-3',
        )}
      >
        {required ? <PhoneDeadline required={required} halted={protection?.state === 'halted'} /> : null}
        {blocked ? (
          <p id={reasonId} className="text-[13px] text-ink-2">
            {blocked}
          </p>
        ) : null}
        <div className="flex items-center gap-4 max-sm:pr-12 sm:gap-3">
          <Button
            tone={(required || recommended) && !blocked ? 'danger' : 'plain'}
            className="max-sm:h-12 max-sm:min-w-0 max-sm:flex-auto max-sm:px-3"
            disabled={blocked !== null}
            aria-describedby={blocked ? reasonId : undefined}
            onClick={() => setAct('rollback')}
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
              className="max-sm:h-12 max-sm:px-3"
              onClick={() => {
                setAsked(required);
                setAct('decline');
              }}
            >
              {t('notNow')}
            </Button>
          ) : incident ? (
            <Link
              href={`/incidents/${incident.id}`}
              className={buttonClass({}, 'max-sm:h-12 max-sm:px-3 sm:hidden')}
            >
              <Siren aria-hidden className="size-4 shrink-0" />
              {incident.key}
            </Link>
          ) : null}
        </div>
      </section>
      {act === 'rollback' ? (
        <RollbackDialog rolloutId={rolloutId} rolloutName={rolloutName} offer={offer} onClose={close} />
      ) : null}
      {act === 'decline' && asked && decide ? (
        <DeclineDialog
          rolloutId={rolloutId}
          rolloutName={rolloutName}
          required={asked}
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
