'use client';

import { CircleCheck, FileWarning } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Instant, useReader } from '#components/clock/clock.tsx';
import type { PanelFigure, PanelPoint, PanelView } from '#lib/dashboard/index.ts';
import { formatMetric } from '#lib/i18n/index.ts';

type Check = NonNullable<PanelView['noteCheck']>;
type Difference = Check['differs'][number];
const VERDICTS = ['pass', 'warn', 'insufficient_data', 'violation'] satisfies PanelPoint['verdict'][];

/** What a metric of the panel is called and measured in. */
type Head = Pick<PanelFigure, 'metric' | 'label' | 'unit'>;

/** The decision note of the phase and where it and the records differ: what a signer of this panel compares (DASH-3). */
export function DecisionNote({ check, heads }: { check: Check; heads: readonly Head[] }) {
  const t = useTranslations();
  const { locale } = useReader();
  const { note, differs } = check;
  const headOf = (metric: string | null) => heads.find((head) => head.metric === metric);
  const said = (metric: string | null, value: Difference['noted']): string => {
    const head = headOf(metric);
    if (value === null) return t('app.none');
    if (typeof value === 'boolean') return t(value ? 'record.yes' : 'record.no');
    if (typeof value === 'number') return head ? formatMetric(value, head.unit, locale) : String(value);
    const verdict = VERDICTS.find((known) => known === value);
    return verdict ? t(`verdict.${verdict}`) : value;
  };
  return (
    <>
      {note ? (
        <>
          <span>{t(`decision.${note.decision}`)}</span>
          <span className="text-ink-2">
            {' · '}
            {note.phase} · <Instant at={note.notedAt} />
          </span>
          {note.windowStart === null ? null : (
            <span className="block text-[13px] text-ink-2 tabular-nums">
              {t.rich('record.noteWindow', { at: () => <Instant at={note.windowStart ?? note.notedAt} /> })}{' '}
              {said(null, note.verdict)}
              {note.rates.map(({ metric, value }) => (
                <span key={metric}>
                  {' · '}
                  {headOf(metric)?.label[locale] ?? metric} {said(metric, value)}
                </span>
              ))}
            </span>
          )}
        </>
      ) : null}
      <span className="flex items-center gap-1.5 text-[13px] text-ink-2">
        {differs.length === 0 ? (
          <CircleCheck aria-hidden className="size-4 text-pass" />
        ) : (
          <FileWarning aria-hidden className="size-4 text-warn" />
        )}
        {t(differs.length === 0 ? 'record.noteMatches' : 'record.noteDiffers')}
      </span>
      {differs.length === 0 ? null : (
        <ul className="ml-5.5 list-disc pl-4 text-[13px] tabular-nums">
          {differs.map(({ item, metric, noted, recorded }) => (
            <li key={`${item}:${metric ?? ''}`}>
              {t('record.noteDifference', {
                what: headOf(metric)?.label[locale] ?? metric ?? t(`record.noteItem_${item}`),
                noted: said(metric, noted),
                recorded: said(metric, recorded),
              })}
            </li>
          ))}
        </ul>
      )}
    </>
  );
}
