'use client';

import { Download, ShieldCheck } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Instant } from '#components/clock/clock.tsx';
import { Button, buttonClass } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { AuditFilter, ChainCheck, ChainProgress } from '#lib/evidence/audit-list.schema.ts';
import { auditExportUrl, checkChain } from '#lib/queries/index.ts';

type State =
  | { is: 'idle' }
  | { is: 'checking'; progress: ChainProgress | null }
  | { is: 'done'; check: ChainCheck }
  | { is: 'failed' };

/** Whether the trail is whole, and the trail to take along. */
export function ChainCheckSection({ filter }: { filter: AuditFilter }) {
  const t = useTranslations('audit');
  const [state, setState] = useState<State>({ is: 'idle' });
  async function run() {
    setState({ is: 'checking', progress: null });
    try {
      const check = await checkChain((progress) => setState({ is: 'checking', progress }));
      setState({ is: 'done', check });
    } catch {
      setState({ is: 'failed' }); // said below, with the button to try again
    }
  }
  return (
    <Section
      id="chain"
      title={t('chain')}
      aside={
        <Button className="max-sm:h-11" disabled={state.is === 'checking'} onClick={() => void run()}>
          <ShieldCheck aria-hidden className="size-4" />
          {t('verify')}
        </Button>
      }
    >
      <div className="grid gap-3 px-4 py-3 text-sm sm:px-5">
        <div aria-live="polite">
          <Outcome state={state} />
        </div>
        <div className="flex flex-wrap items-center gap-x-3 gap-y-2">
          <span className="text-ink-2">{t('exportText')}:</span>
          {(['ndjson', 'csv'] as const).map((format) => (
            <a
              key={format}
              href={auditExportUrl(format, filter)}
              download
              className={buttonClass({ size: 'sm' }, 'max-sm:h-11')}
            >
              <Download aria-hidden className="size-4" />
              {t(format)}
            </a>
          ))}
          <span className="text-[13px] text-ink-2">{t('howTo')}</span>
        </div>
      </div>
    </Section>
  );
}

function Outcome({ state }: { state: State }) {
  const t = useTranslations('audit');
  switch (state.is) {
    case 'idle':
      return null;
    case 'checking':
      return (
        <p className="tabular-nums">
          {state.progress
            ? t('verifying', { count: state.progress.checkedCount, total: state.progress.totalCount })
            : t('starting')}
        </p>
      );
    case 'failed':
      return <Notice tone="bad" title={t('verifyFailed')} />;
    case 'done':
      return <Result check={state.check} />;
  }
}

function Result({ check: { fault, head, checkedCount, checkedAt } }: { check: ChainCheck }) {
  const t = useTranslations('audit');
  const when = t.rich('checkedAt', { at: () => <Instant at={checkedAt} style="full" /> });
  if (fault)
    return (
      <Notice tone="bad" title={t('broken', { seq: fault.seq })}>
        <p>{t(`fault_${fault.fault}`)}</p>
        <p>{t('brokenText', { count: checkedCount })}</p>
        <p>{when}</p>
      </Notice>
    );
  if (!head) return <Notice title={t('empty')} />;
  return (
    <Notice tone="good" title={t('whole', { count: checkedCount })}>
      <p>{t('wholeText', { seq: head.seq })}</p>
      <code className="mt-1 block font-mono text-xs break-all text-ink">{head.hash}</code>
      <p className="mt-1">{when}</p>
    </Notice>
  );
}
