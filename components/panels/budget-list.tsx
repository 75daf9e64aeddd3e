'use client';

import { Flame } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { BudgetStateWord } from '#components/slo/budget-looks.tsx';
import { useSloWords } from '#components/slo/use-slo-words.ts';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import { formatSpan } from '#lib/i18n/index.ts';
import { sloPageUrl } from '#lib/queries/index.ts';
import type { BudgetSummary } from '#lib/slo/index.ts';

/** What is left of a rollout's error budgets in the rolling period, least left first, and which of them burn (DASH-4). */
export function BudgetList({ rolloutId, budgets }: { rolloutId: string; budgets: readonly BudgetSummary[] }) {
  const t = useTranslations('budgets');
  const { locale, leftText } = useSloWords();
  const measured = budgets.filter(({ budget }) => budget.state !== 'unknown');
  return (
    <div className="mb-6 min-w-0">
      <div className="mb-2 flex flex-wrap items-baseline justify-between gap-x-4">
        <h3 className="text-sm font-semibold">{t('title')}</h3>
        <Link
          href={sloPageUrl(rolloutId, null)}
          className="text-sm text-accent underline underline-offset-2 hover:no-underline"
        >
          {t('report')}
        </Link>
      </div>
      {measured.length === 0 ? (
        <p className="text-sm text-ink-2">{t('none')}</p>
      ) : (
        <Table caption={t('title')}>
          <TableHead>
            <HeaderCell>{t('objective')}</HeaderCell>
            <HeaderCell numeric>{t('left')}</HeaderCell>
            <HeaderCell>{t('state')}</HeaderCell>
          </TableHead>
          <tbody>
            {measured.map(({ phase, metric, basis, label, budget, firing }) => (
              <Row key={`${phase} ${metric} ${basis}`}>
                <Cell>
                  {label[locale]} <span className="text-ink-2">{t('inPhase', { phase })}</span>
                </Cell>
                <Cell numeric>
                  <span className="font-semibold">{leftText(budget.remainingRatio)}</span>
                </Cell>
                <Cell>
                  <BudgetStateWord state={budget.state} />
                  {firing ? (
                    <span className="flex items-center gap-1.5 text-[13px] text-bad">
                      <Flame aria-hidden className="size-4 shrink-0" />
                      {t(`firing_${firing.severity}`)}
                      {firing.exhaustedInSeconds === null
                        ? null
                        : ` ${t('goneIn', { span: formatSpan(firing.exhaustedInSeconds, locale) })}`}
                    </span>
                  ) : null}
                </Cell>
              </Row>
            ))}
          </tbody>
        </Table>
      )}
    </div>
  );
}
