'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowRight, Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, TextArea } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { FlagChange, FlagValue, RollbackOffer } from '#lib/dashboard/index.ts';
import { formatInstant, zoneName } from '#lib/i18n/index.ts';
import { queryKeys, RequestFailed, type RolledBack, rollBack } from '#lib/queries/index.ts';
import { useAudienceText } from './phase-timeline.tsx';

const PRESETS = ['slo', 'errors', 'reports', 'precaution'] as const;
const SHORTEST_REASON = 3;

type RollbackDialogProps = {
  rolloutId: string;
  rolloutName: string;
  offer: RollbackOffer;
  recommended: boolean;
  open: boolean;
  onOpenChange: (open: boolean) => void;
};

/** One step back: says what changes for whom, asks for a reason, and shows what came of it (DASH-5). */
export function RollbackDialog({
  rolloutId,
  rolloutName,
  offer,
  recommended,
  open,
  onOpenChange,
}: RollbackDialogProps) {
  const t = useTranslations();
  const client = useQueryClient();
  // What the reader decided about; the page behind may move on while the dialog is open.
  const [shown, setShown] = useState(offer);
  const [reason, setReason] = useState('');
  const [reasonMissing, setReasonMissing] = useState(false);
  const press = useMutation({
    mutationFn: (text: string) =>
      rollBack(rolloutId, {
        fromPhase: shown.fromPhase,
        expectedVersion: shown.expectedVersion,
        reason: text,
      }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.rollout(rolloutId) }),
        client.invalidateQueries({ queryKey: queryKeys.overview() }),
      ]),
  });
  const to = shown.toPhase ?? '';
  const conflict = press.error instanceof RequestFailed && press.error.status === 409;

  const close = () => onOpenChange(false);

  function submit() {
    const text = reason.trim();
    if (text.length < SHORTEST_REASON) {
      setReasonMissing(true);
      return;
    }
    press.mutate(text);
  }

  function startOver() {
    setShown(offer);
    press.reset();
  }

  const movedAway = conflict && offer.toPhase === null;
  return (
    <Dialog
      open={open}
      onOpenChange={onOpenChange}
      closeLabel={t('app.close')}
      title={t('rollback.title', { rollout: rolloutName, from: shown.fromPhase, to })}
      description={press.isSuccess ? undefined : t('rollback.description')}
      footer={
        press.isSuccess || movedAway ? (
          <Button onClick={close}>{t('rollback.close')}</Button>
        ) : conflict ? (
          <>
            <Button onClick={close}>{t('app.cancel')}</Button>
            <Button tone="primary" onClick={startOver}>
              {t('app.retry')}
            </Button>
          </>
        ) : (
          <>
            <Button className="max-sm:h-12" onClick={close}>
              {t('app.cancel')}
            </Button>
            <Button tone="danger" className="max-sm:h-12" disabled={press.isPending} onClick={submit}>
              <Undo2 aria-hidden className="size-4" />
              {press.isPending ? t('rollback.submitting') : t('rollback.submit', { to })}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Result result={press.data} to={to} />
      ) : (
        <div className="grid gap-5">
          {press.error ? <Failure error={press.error} offer={shown} /> : null}
          {recommended && !press.error ? <Notice tone="bad" title={t('rollback.recommended')} /> : null}
          {conflict ? null : (
            <>
              <Consequences offer={shown} />
              <div className="grid gap-3">
                <fieldset className="flex flex-wrap gap-2">
                  <legend className="mb-2 text-sm font-medium">{t('rollback.presets')}</legend>
                  {PRESETS.map((preset) => {
                    const text = t(`rollback.preset_${preset}`);
                    return (
                      <button
                        key={preset}
                        type="button"
                        aria-pressed={reason === text}
                        onClick={() => {
                          setReason(text);
                          setReasonMissing(false);
                        }}
                        className={cx(
                          'h-11 rounded-full border px-4 text-sm sm:h-9',
                          reason === text
                            ? 'border-accent bg-accent-soft font-medium text-accent'
                            : 'border-line-strong bg-surface hover:bg-sunken',
                        )}
                      >
                        {text}
                      </button>
                    );
                  })}
                </fieldset>
                <Field
                  label={t('rollback.reason')}
                  required
                  requiredLabel={t('app.required')}
                  hint={t('rollback.reasonHint')}
                  error={reasonMissing ? t('rollback.reasonMissing') : undefined}
                >
                  {(control) => (
                    <TextArea
                      {...control}
                      rows={2}
                      maxLength={2000}
                      className="min-h-16"
                      value={reason}
                      onChange={(event) => {
                        setReason(event.target.value);
                        setReasonMissing(false);
                      }}
                    />
                  )}
                </Field>
              </div>
            </>
          )}
        </div>
      )}
    </Dialog>
  );
}

function Consequences({ offer }: { offer: RollbackOffer }) {
  const t = useTranslations('rollback');
  const audienceText = useAudienceText();
  const changed = offer.flagChanges.filter((flag) => flag.before !== flag.after);
  const from = audienceText(offer.fromAudience.audience, offer.fromAudience.exposureRatio);
  const to = offer.toAudience ? audienceText(offer.toAudience.audience, offer.toAudience.exposureRatio) : '';
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <table className="w-full text-sm">
        <caption className="sr-only">{t('flags')}</caption>
        <thead className="bg-sunken text-left text-[13px] text-ink-2">
          <tr>
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t('flag')}
            </th>
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t('before')}{' '}
              <span className="block font-mono text-xs font-semibold text-ink">{offer.fromPhase}</span>
            </th>
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t('after')}{' '}
              <span className="block font-mono text-xs font-semibold text-ink">{offer.toPhase}</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {offer.flagChanges.map((flag) => (
            <FlagRow key={flag.flagKey} flag={flag} />
          ))}
          <tr>
            <th scope="row" className="px-3 py-2 text-left font-normal">
              {t('audience')}
            </th>
            <td className="px-3 py-2">{from}</td>
            <td className="px-3 py-2">
              {from === to ? <span className="text-ink-2">{t('unchanged')}</span> : <Changed>{to}</Changed>}
            </td>
          </tr>
        </tbody>
      </table>
      {changed.length === 0 ? (
        <p className="border-t border-line px-3 py-2 text-[13px] text-ink-2">{t('noFlags')}</p>
      ) : null}
    </div>
  );
}

function FlagRow({ flag }: { flag: FlagChange }) {
  const t = useTranslations('rollback');
  const text = (value: FlagValue | null) => (value === null ? t('unset') : String(value));
  return (
    <tr>
      <th scope="row" className="px-3 py-2 text-left font-mono text-[13px] font-normal break-all">
        {flag.flagKey}
        {flag.alsoControlledBy.length > 0 ? (
          <span className="block font-sans text-xs text-ink-2">
            {t('alsoControlled', { rollouts: flag.alsoControlledBy.join(' · ') })}
          </span>
        ) : null}
      </th>
      <td className="px-3 py-2 font-mono text-[13px]">{text(flag.before)}</td>
      <td className="px-3 py-2 font-mono text-[13px]">
        {flag.before === flag.after ? (
          <span className="font-sans text-ink-2">{t('unchanged')}</span>
        ) : (
          <Changed>{text(flag.after)}</Changed>
        )}
      </td>
    </tr>
  );
}

function Changed({ children }: { children: React.ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 font-semibold">
      <ArrowRight aria-hidden className="size-3.5 text-ink-2" />
      {children}
    </span>
  );
}

function Result({ result, to }: { result: RolledBack; to: string }) {
  const t = useTranslations('rollback');
  const { locale, zone } = useReader();
  if (result.outcome === 'rolled_back') {
    return (
      <Notice tone="good" live title={t('doneTitle', { to })}>
        {t('doneText')}
      </Notice>
    );
  }
  const at = `${formatInstant(result.change.createdAt, 'time', locale, zone)} ${zoneName(zone)}`;
  return (
    <Notice tone="info" live title={t('alreadyTitle', { to: result.change.toPhase })}>
      {t('alreadyBy', { actor: result.change.actorName, at })}
    </Notice>
  );
}

function Failure({ error, offer }: { error: Error; offer: RollbackOffer }) {
  const t = useTranslations();
  const { locale } = useReader();
  const failed = error instanceof RequestFailed ? error : null;
  const kind = failureKind(failed);
  const roles = offer.allowedRoles.map((role) => role[locale]).join(' · ');
  return (
    <Notice tone={kind === 'conflict' ? 'warn' : 'bad'} live title={t(`rollback.${kind}Title`)}>
      <p>{t(`rollback.${kind}Text`, { roles })}</p>
      {kind === 'failed' && failed?.detail ? <p className="mt-1">{failed.detail}</p> : null}
      {failed?.requestId ? (
        <p className="mt-1 font-mono text-xs">{t('rollback.requestId', { id: failed.requestId })}</p>
      ) : null}
    </Notice>
  );
}

/** What is known after a failure: only a clear refusal proves that nothing was changed. */
function failureKind(
  failed: RequestFailed | null,
): 'conflict' | 'offline' | 'forbidden' | 'failed' | 'unknown' {
  if (failed === null || failed.code === 'bad_answer') return 'unknown';
  if (failed.status === 0) return 'offline';
  if (failed.status === 409) return 'conflict';
  if (failed.status === 401 || failed.status === 403) return 'forbidden';
  return failed.status >= 500 ? 'unknown' : 'failed';
}
