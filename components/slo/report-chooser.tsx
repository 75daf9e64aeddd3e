'use client';

import { Download, Printer } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useTransition } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Field, SelectInput } from '#components/ui/field.tsx';
import { formatMonth } from '#lib/i18n/index.ts';
import { sloCsvUrl, sloPageUrl } from '#lib/queries/index.ts';
import type { SloNames } from './slo-names.ts';

/** Which rollout and which month, kept in the address; and the same rows as a file or on paper. */
export function ReportChooser({
  rollouts,
  rolloutId,
  month,
  months,
  hasReport,
}: {
  rollouts: SloNames['rollouts'];
  rolloutId: string;
  month: string | null;
  months: readonly string[];
  /** Without one there is nothing to save or print. */
  hasReport: boolean;
}) {
  const t = useTranslations('slo');
  const { locale } = useReader();
  const router = useRouter();
  const [isPending, startTransition] = useTransition();
  const go = (toRollout: string, toMonth: string | null) =>
    startTransition(() => router.push(sloPageUrl(toRollout, toMonth), { scroll: false }));
  const isKnown = rollouts.some(({ id }) => id === rolloutId);
  return (
    <search
      aria-label={t('choose')}
      aria-busy={isPending}
      className="flex flex-wrap items-end gap-x-4 gap-y-3 print:hidden"
    >
      <Field label={t('rollout')} className="max-sm:w-full">
        {(control) => (
          <SelectInput
            {...control}
            value={isKnown ? rolloutId : ''}
            onChange={(event) => go(event.target.value, month)}
            className="max-sm:h-11 sm:w-64"
          >
            {isKnown ? null : <option value="">{rolloutId}</option>}
            {rollouts.map(({ id, label }) => (
              <option key={id} value={id}>
                {label[locale]}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
      <Field label={t('period')} className="max-sm:w-full">
        {(control) => (
          <SelectInput
            {...control}
            value={month ?? ''}
            onChange={(event) => go(rolloutId, event.target.value === '' ? null : event.target.value)}
            className="max-sm:h-11 sm:w-64"
          >
            <option value="">{t('rollingOption')}</option>
            {month !== null && !months.includes(month) ? <option value={month}>{month}</option> : null}
            {months.map((each) => (
              <option key={each} value={each}>
                {t('month', { month: formatMonth(each, locale) })}
              </option>
            ))}
          </SelectInput>
        )}
      </Field>
      {hasReport ? (
        <div className="flex gap-2 max-sm:w-full sm:ml-auto">
          <a
            href={sloCsvUrl(rolloutId, month)}
            download
            className={buttonClass({}, 'max-sm:h-11 max-sm:flex-1')}
          >
            <Download aria-hidden className="size-4" />
            {t('csv')}
          </a>
          <Button className="max-sm:h-11 max-sm:flex-1" onClick={() => window.print()}>
            <Printer aria-hidden className="size-4" />
            {t('print')}
          </Button>
        </div>
      ) : null}
    </search>
  );
}
