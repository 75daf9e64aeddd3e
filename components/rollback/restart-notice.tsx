'use client';

import { CalendarClock, Play } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Instant, useNow, useReader } from '#components/clock/clock.tsx';
import { focusFirstError } from '#components/press/focus-first-error.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { isReason, ReasonField } from '#components/press/reason-field.tsx';
import { usePress } from '#components/press/use-press.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { Protection } from '#lib/dashboard/index.ts';
import { formatSpan } from '#lib/i18n/index.ts';
import { restartRollout } from '#lib/queries/index.ts';

type Canary = NonNullable<Protection['canary']>;

/** Recovered: when the climb may begin again, from where, and the button for it (ROL-5). */
export function RestartNotice({ protection, canary }: { protection: Protection; canary: Canary }) {
  const t = useTranslations('notices');
  const { locale } = useReader();
  const whyId = useId();
  const [open, setOpen] = useState(false);
  const restSeconds = (Date.parse(canary.at) - useNow()) / 1000;
  const why =
    canary.blockedBy === null
      ? null
      : t(`restart_${canary.blockedBy}`, {
          rest: formatSpan(restSeconds, locale),
          roles: canary.roles.map((role) => role[locale]).join(' · '),
        });
  return (
    <>
      <Notice
        tone="good"
        title={
          <span className="inline-flex items-center gap-2">
            <CalendarClock aria-hidden className="size-4" />
            {t('canaryTitle')}
          </span>
        }
      >
        <p>
          {t.rich('canaryText', {
            phase: canary.restartPhase,
            at: () => <Instant at={canary.at} style="dayTime" />,
          })}
        </p>
        <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <Button
            className="max-sm:h-12"
            disabled={why !== null}
            aria-describedby={why ? whyId : undefined}
            onClick={() => setOpen(true)}
          >
            <Play aria-hidden className="size-4" />
            {t('restart', { phase: canary.restartPhase })}
          </Button>
          {why ? (
            <span id={whyId} className="text-[13px]">
              {why}
            </span>
          ) : null}
        </div>
      </Notice>
      {open ? <RestartDialog protection={protection} canary={canary} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function RestartDialog({
  protection,
  canary,
  onClose,
}: {
  protection: Protection;
  canary: Canary;
  onClose: () => void;
}) {
  const t = useTranslations();
  const { locale } = useReader();
  const [version] = useState(protection.version);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const press = usePress((text: string) =>
    restartRollout(protection.rolloutId, { expectedVersion: version, reason: text }),
  );
  function submit() {
    if (isReason(reason)) {
      press.press(reason.trim());
    } else {
      setMissing(true);
      focusFirstError();
    }
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      closeLabel={t('app.close')}
      title={t('notices.restartTitle', {
        rollout: protection.label[locale],
        phase: canary.restartPhase,
      })}
      description={press.isSuccess ? undefined : t('notices.restartText')}
      footer={
        press.isSuccess ? (
          <Button className="max-sm:h-12" onClick={onClose}>
            {t('app.close')}
          </Button>
        ) : (
          <>
            <Button className="max-sm:h-12" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button tone="primary" className="max-sm:h-12" disabled={press.isPending} onClick={submit}>
              {press.isPending ? t('press.sending') : t('notices.restart', { phase: canary.restartPhase })}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Notice tone="good" live title={t('notices.restarted', { phase: canary.restartPhase })} />
      ) : (
        <div className="grid gap-5">
          {press.error ? <PressFailure error={press.error} roles={canary.roles} /> : null}
          <ReasonField
            value={reason}
            missing={missing}
            onChange={(text) => {
              setReason(text);
              setMissing(false);
            }}
          />
        </div>
      )}
    </Dialog>
  );
}
