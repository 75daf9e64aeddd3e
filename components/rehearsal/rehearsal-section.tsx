'use client';

import { useTranslations } from 'next-intl';
import { useMessageName } from '#components/deliveries/use-message-name.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { usePress } from '#components/press/use-press.ts';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { RequestFailed, rehearse } from '#lib/queries/index.ts';

const REFUSALS = ['incident_open', 'rollback_open', 'halted', 'not_started', 'step_unproven'] as const;

/** One button that plays a breach end to end and changes nothing real (ROL-8). */
export function RehearsalSection({ rolloutId }: { rolloutId: string }) {
  const t = useTranslations('rehearsal');
  const messageName = useMessageName();
  const press = usePress(() => rehearse(rolloutId));
  const { data, error } = press;
  const reason =
    error instanceof RequestFailed ? REFUSALS.find((known) => known === error.reason) : undefined;
  return (
    <Section
      id="rehearsal"
      title={t('title')}
      aside={
        <Button disabled={press.isPending} onClick={() => press.press(undefined)}>
          {press.isPending ? t('playing') : t('play')}
        </Button>
      }
    >
      <div className="grid gap-3 px-4 py-4 text-sm sm:px-5">
        <p className="text-ink-2">{t('lead')}</p>
        {reason ? (
          <Notice tone="warn" live title={t('refused')}>
            {t(`reason_${reason}`)}
          </Notice>
        ) : error ? (
          <PressFailure error={error} />
        ) : null}
        {data ? (
          <>
            <Notice tone="good" live title={t('done')}>
              <p>
                {data.rollback.outcome === 'would_roll_back'
                  ? t('wouldRollBack', { from: data.rollback.from ?? '', to: data.rollback.to ?? '' })
                  : t('wouldNot')}
              </p>
              <p>{data.late.length === 0 ? t('nothingLate') : t('late', { stages: data.late.join(', ') })}</p>
              <p className="break-all font-mono text-xs">{data.path}</p>
            </Notice>
            <ul className="grid gap-3">
              {data.messages.map((message) => (
                <li key={`${message.kind} ${message.channel}`}>
                  <p className="font-medium">
                    {messageName(message.kind)} → {message.channel}
                  </p>
                  <pre className="mt-1 whitespace-pre-wrap break-words rounded-md bg-sunken p-3 text-xs">
                    {message.problem ?? message.text}
                  </pre>
                </li>
              ))}
            </ul>
          </>
        ) : null}
      </div>
    </Section>
  );
}
