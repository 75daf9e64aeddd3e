'use client';

import { Download, Printer } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useOptimistic, useTransition } from 'react';
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
  // What was chosen is shown at once, while its report is still on the way.
  const [chosen, choose] = useOptimistic({ rolloutId, month });
  const go = (to: typeof chosen) =>
    startTransition(() => {
      choose(to);
      router.push(sloPageUrl(to.rolloutId, to.month), { scroll: false });
    });
  const isKnown = rollouts.some(({ id }) => id === chosen.rolloutId);
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
            value={isKnown ? chosen.rolloutId : ''}
            onChange={(event) => go({ ...chosen, rolloutId: event.target.value })}
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
            value={chosen.month ?? ''}
            onChange={(event) =>
              go({ ...chosen, month: event.target.value === '' ? null : event.target.value })
            }
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
      <span role="status" className="sr-only">
        {isPending ? t('loadingReport') : ''}
      </span>
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
