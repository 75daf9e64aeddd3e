'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { focusFirstError } from '#components/press/focus-first-error.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { isReason, ReasonField } from '#components/press/reason-field.tsx';
import { usePress } from '#components/press/use-press.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { Attention, Right } from '#lib/dashboard/index.ts';
import { releaseStop } from '#lib/queries/index.ts';
import type { Stop } from '#lib/rollouts/index.ts';
import { useScopeText } from './use-scope-text.ts';

/** The reader's word for ending a stop. The kill switch goes on being pressed until enough people have given theirs. */
export function ReleaseDialog({
  stop,
  right,
  rollouts,
  onClose,
}: {
  stop: Stop;
  right: Right;
  rollouts: Attention['rollouts'];
  onClose: () => void;
}) {
  const t = useTranslations();
  const scopeText = useScopeText(rollouts);
  const [reason, setReason] = useState('');
  const [missing, setMissing] = useState(false);
  const press = usePress((text: string) => releaseStop(stop.id, text));
  function submit() {
    if (isReason(reason)) {
      press.press(reason.trim());
    } else {
      setMissing(true);
      focusFirstError();
    }
  }
  const title = t(`stops.release_${stop.kind}`, { scope: scopeText(stop.scope) });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      closeLabel={t('app.close')}
      title={title}
      description={
        press.isSuccess ? undefined : t(`stops.releaseText_${stop.kind}`, { needed: stop.releasesNeeded })
      }
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
              {press.isPending ? t('press.sending') : t(`stops.releaseSubmit_${stop.kind}`)}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Notice
          tone={press.data.missing === 0 ? 'good' : 'info'}
          live
          title={
            press.data.missing === 0
              ? t(`stops.released_${stop.kind}`)
              : t('stops.counted', { missing: press.data.missing })
          }
        >
          {press.data.resumed.length > 0
            ? t('stops.resumed', { rollouts: press.data.resumed.map(scopeText).join(' · ') })
            : null}
        </Notice>
      ) : (
        <div className="grid gap-5">
          {press.error ? <PressFailure error={press.error} roles={right.roles} /> : null}
          <p className="text-sm">
            <span className="text-ink-2">{t('stops.orderedFor')}</span> {stop.reason}
          </p>
          <ReasonField
            label={t('stops.releaseReason')}
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
