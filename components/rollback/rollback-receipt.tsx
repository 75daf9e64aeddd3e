'use client';

import { useQuery } from '@tanstack/react-query';
import { CircleAlert, CircleCheck, CircleDashed } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { formatInstant, zoneName } from '#lib/i18n/index.ts';
import { protectionQuery, type RolledBack } from '#lib/queries/index.ts';

/** What came of a press: accepted, done, proven; or who had pressed before. Kept current while the proof is under way. */
export function RollbackReceipt({ rolloutId, result }: { rolloutId: string; result: RolledBack }) {
  const t = useTranslations('rollback');
  const { locale, zone } = useReader();
  const { change, outcome } = result;
  const step = useQuery(protectionQuery(rolloutId)).data?.step;
  const ours = step?.id === change.id ? step : null;
  const at = `${formatInstant(change.createdAt, 'clock', locale, zone)} ${zoneName(zone)}`;
  return (
    <div className="grid gap-4">
      {outcome === 'rolled_back' ? (
        <Notice tone="good" live title={t('doneTitle', { to: change.toPhase })}>
          {t('doneText')}
        </Notice>
      ) : (
        <Notice tone="info" live title={t('alreadyTitle', { to: change.toPhase })}>
          {t('alreadyBy', { actor: change.actorName, at })}
        </Notice>
      )}
      <ol className="grid gap-2.5 text-sm" aria-label={t('receipt')}>
        <Step state="done" text={t('step_accepted')}>
          <Instant at={change.createdAt} style="clock" />
        </Step>
        <Step state="done" text={t('step_done')}>
          {change.actorName}
        </Step>
        {ours?.proof === 'proven' ? (
          <Step state="done" text={t('step_proven')}>
            {ours.provenAt ? <Instant at={ours.provenAt} style="clock" /> : null}
          </Step>
        ) : ours?.proof === 'failed' ? (
          <Step state="failed" text={t('step_unproven')} />
        ) : (
          <Step state="pending" text={t('step_proving')}>
            {ours ? t('attempts', { count: ours.attempts }) : null}
          </Step>
        )}
      </ol>
      {change.breakGlass ? <Notice tone="info" title={t('reviewOpened')} /> : null}
    </div>
  );
}

const MARKS = {
  done: { icon: CircleCheck, className: 'text-pass' },
  pending: { icon: CircleDashed, className: 'text-ink-2' },
  failed: { icon: CircleAlert, className: 'text-bad' },
} as const;

function Step({
  state,
  text,
  children,
}: {
  state: keyof typeof MARKS;
  text: string;
  children?: React.ReactNode;
}) {
  const { icon: Icon, className } = MARKS[state];
  return (
    <li className="flex items-start gap-2" data-step={state}>
      <Icon aria-hidden className={`mt-0.5 size-4.5 shrink-0 ${className}`} />
      <span className="min-w-0 flex-1 font-medium">{text}</span>
      <span className="shrink-0 text-[13px] text-ink-2 tabular-nums">{children}</span>
    </li>
  );
}
