'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { PenLine, Signature } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { PressFailure } from '#components/press/press-failure.tsx';
import { Button } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { OutsideLink } from '#components/ui/outside-link.tsx';
import type { RolloutView, SignOffView } from '#lib/dashboard/index.ts';
import { formatInstant, zoneName } from '#lib/i18n/index.ts';
import { queryKeys, signPanel, withdrawSignOff } from '#lib/queries/index.ts';

/**
 * The signature under a panel: what it is needed for, who gave it, and what became of earlier ones (DASH-1 … DASH-4).
 * `seen`: whether the panel is there; nobody signs what they cannot see.
 */
export function PanelSignOff({
  view,
  signOff,
  seen,
}: {
  view: RolloutView;
  signOff: SignOffView;
  seen: boolean;
}) {
  const t = useTranslations('signOff');
  const { locale } = useReader();
  const [open, setOpen] = useState(false);
  const whyId = useId();
  const { names, summary } = view;
  const role = names.roles[signOff.role]?.[locale] ?? signOff.role;
  const blockedBy = signOff.blockedBy ?? (seen ? null : 'unseen');
  const why =
    blockedBy === null || blockedBy === 'signed' ? null : t(`blocked_${blockedBy}`, { roles: role });
  return (
    <div
      className="border-t border-line bg-sunken/50 px-4 py-3 text-sm sm:px-5"
      data-sign-off={signOff.panel}
    >
      <div className="flex flex-wrap items-center gap-x-4 gap-y-2">
        {signOff.signed ? (
          <Signed view={view} signOff={signOff} signed={signOff.signed} />
        ) : (
          <p className="flex items-center gap-2 text-ink-2">
            <PenLine aria-hidden className="size-4 shrink-0" />
            {t('needed', { phase: summary.phase, role })}
          </p>
        )}
        {signOff.signed ? null : (
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1 max-sm:w-full sm:ml-auto">
            {why ? (
              <span id={whyId} className="text-[13px] text-ink-2">
                {why}
              </span>
            ) : null}
            <Button
              className="max-sm:h-12 max-sm:w-full"
              disabled={blockedBy !== null}
              aria-describedby={why ? whyId : undefined}
              onClick={() => setOpen(true)}
            >
              <Signature aria-hidden className="size-4" />
              {t('sign')}
            </Button>
          </div>
        )}
      </div>
      <Void signOff={signOff} />
      {open ? <SignDialog view={view} panel={signOff.panel} onClose={() => setOpen(false)} /> : null}
    </div>
  );
}

function Signed({
  view,
  signOff,
  signed,
}: {
  view: RolloutView;
  signOff: SignOffView;
  signed: NonNullable<SignOffView['signed']>;
}) {
  const t = useTranslations('signOff');
  const { locale } = useReader();
  const client = useQueryClient();
  const rolloutId = view.summary.id;
  const withdraw = useMutation({
    mutationFn: () => withdrawSignOff(rolloutId, signed.id),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.rollout(rolloutId) }),
  });
  return (
    <div className="min-w-0 flex-1">
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <span className="inline-flex items-center gap-2 font-medium text-pass">
          <Signature aria-hidden className="size-4 shrink-0" />
          {t('signed', { name: signed.personName })}
        </span>
        <span className="text-[13px] text-ink-2">
          {view.names.roles[signOff.role]?.[locale] ?? signOff.role} · <Instant at={signed.givenAt} />
        </span>
        {signed.link ? <OutsideLink href={signed.link}>{t('openLink')}</OutsideLink> : null}
        {signed.mine ? (
          <Button
            size="sm"
            className="ml-auto max-sm:h-11"
            disabled={withdraw.isPending}
            onClick={() => withdraw.mutate()}
          >
            {t('withdraw')}
          </Button>
        ) : null}
      </div>
      {signed.comment ? <p className="mt-1 text-[13px] break-words">{signed.comment}</p> : null}
      {withdraw.error ? <PressFailure error={withdraw.error} /> : null}
    </div>
  );
}

const ENDS = ['withdrawn', 'policy_changed', 'phase_left', 'role_lost'] as const;

function Void({ signOff }: { signOff: SignOffView }) {
  const t = useTranslations('signOff');
  const { locale, zone } = useReader();
  const [last] = signOff.ended;
  if (!last) return null;
  const end = ENDS.find((known) => known === last.endReason);
  return (
    <p className="mt-1 text-[13px] text-ink-2">
      {t('void', {
        name: last.personName,
        at: `${formatInstant(last.givenAt, 'dayTime', locale, zone)} ${zoneName(zone)}`,
        why: end ? t(`end_${end}`) : (last.endReason ?? ''),
      })}
    </p>
  );
}

function SignDialog({ view, panel, onClose }: { view: RolloutView; panel: string; onClose: () => void }) {
  const t = useTranslations('signOff');
  const app = useTranslations('approvals');
  const { locale } = useReader();
  const name = view.names.panels[panel]?.[locale] ?? panel;
  const { summary, version, verdictId } = view;
  return (
    <ActDialog
      name={`sign.${summary.id}.${panel}`}
      subject={{ version, verdictId, policyHash: summary.decision.policyHash }}
      title={() => t('question', { panel: name })}
      description={t('text')}
      submit={{ label: t('sign'), icon: Signature }}
      reason={{ label: t('comment'), optional: true }}
      link={{ label: t('link'), invalid: t('linkInvalid') }}
      act={(shown, words) =>
        signPanel(summary.id, {
          panel,
          comment: words.reason,
          ...(words.link === '' ? {} : { link: words.link }),
          rolloutVersion: shown.version,
          policyHash: shown.policyHash,
          verdictId: shown.verdictId,
        })
      }
      done={({ outcome }) => (
        <Notice tone="good" live title={t(outcome === 'already_signed' ? 'doneAlready' : 'done')}>
          {app('doneText')}
        </Notice>
      )}
      onClose={onClose}
    />
  );
}
