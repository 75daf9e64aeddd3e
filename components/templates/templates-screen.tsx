'use client';

import { CircleCheck, CircleX } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { useMessageName } from '#components/deliveries/use-message-name.ts';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { EmptyState, Notice } from '#components/ui/notice.tsx';
import type { PreviewText, TemplatePreview } from '#lib/reporter/index.ts';

/** Every message as it would go out now, in both languages, and what is wrong with its file (REP-4). */
export function TemplatesScreen({
  previews,
  kind,
}: {
  previews: readonly TemplatePreview[];
  kind: string | null;
}) {
  const t = useTranslations('templates');
  const chosen = previews.find((preview) => preview.kind === kind) ?? previews[0];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <h1 className="text-xl font-semibold">{t('title')}</h1>
        <p className="mt-1 max-w-prose text-sm text-ink-2">{t('lead')}</p>
      </div>
      {chosen ? (
        <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[15rem_minmax(0,1fr)]">
          <KindList previews={previews} chosen={chosen} />
          <Preview preview={chosen} />
        </div>
      ) : (
        <EmptyState title={t('none')} />
      )}
    </div>
  );
}

const REPORTS = ['report-rca', 'report-daily', 'report-rehearsal'] as const;

/** What a message or a report is called. */
function useTemplateName(): (kind: TemplatePreview['kind']) => string {
  const t = useTranslations('templates');
  const messageName = useMessageName();
  return (kind) => {
    const report = REPORTS.find((each) => each === kind);
    return report ? t(report) : messageName(kind);
  };
}

function KindList({ previews, chosen }: { previews: readonly TemplatePreview[]; chosen: TemplatePreview }) {
  const t = useTranslations('templates');
  const templateName = useTemplateName();
  return (
    <nav aria-label={t('kinds')} className="rounded-lg border border-line bg-surface p-2">
      <ul className="grid grid-cols-2 gap-0.5 lg:grid-cols-1">
        {previews.map((preview) => {
          const bad = isBad(preview);
          const Icon = bad ? CircleX : CircleCheck;
          return (
            <li key={preview.kind}>
              <Link
                href={`/templates?kind=${preview.kind}`}
                scroll={false}
                aria-current={preview === chosen ? 'page' : undefined}
                className={cx(
                  'flex min-h-11 items-center gap-2 rounded-md px-2.5 text-sm lg:min-h-9',
                  preview === chosen ? 'bg-accent-soft font-semibold' : 'hover:bg-sunken',
                )}
              >
                <Icon aria-hidden className={cx('size-4 shrink-0', bad ? 'text-bad' : 'text-pass')} />
                <span className="min-w-0 break-words">{templateName(preview.kind)}</span>
                {bad ? <span className="sr-only">{t('broken')}</span> : null}
              </Link>
            </li>
          );
        })}
      </ul>
    </nav>
  );
}

const isBad = ({ issues, texts }: TemplatePreview): boolean =>
  issues.length > 0 || texts.some(({ problem }) => problem !== null);

function Preview({ preview }: { preview: TemplatePreview }) {
  const t = useTranslations('templates');
  const templateName = useTemplateName();
  const sinks = [...new Set(preview.texts.map(({ sink }) => sink))];
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div>
        <h2 className="text-lg font-semibold">{templateName(preview.kind)}</h2>
        <p className="mt-0.5 text-[13px] text-ink-2">
          <code className="font-mono text-xs break-all">{preview.file}</code>{' '}
          {preview.issues.length > 0
            ? null
            : t.rich(`madeOf_${preview.madeOf}`, { at: () => <Instant at={preview.createdAt ?? ''} /> })}
        </p>
      </div>
      {preview.issues.length > 0 ? (
        <Notice tone="bad" title={t('invalid')}>
          <ul className="mt-1 grid gap-1">
            {preview.issues.map(({ file, line, message }) => (
              <li key={`${line} ${message}`} lang="en" className="break-words">
                <code className="font-mono text-xs text-ink">
                  {file}:{line}
                </code>{' '}
                {message}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {sinks.map((sink) => (
        <Section key={sink} id={`sink-${sink}`} title={t(`sink_${sink}`)}>
          <div className="grid grid-cols-[minmax(0,1fr)] gap-px bg-line xl:grid-cols-2">
            {preview.texts
              .filter((text) => text.sink === sink)
              .map((text) => (
                <OneText key={text.locale} text={text} />
              ))}
          </div>
        </Section>
      ))}
    </div>
  );
}

function OneText({ text }: { text: PreviewText }) {
  const t = useTranslations('templates');
  return (
    <div className="min-w-0 bg-surface px-4 py-3 sm:px-5">
      <h3 className="text-[13px] text-ink-2">{t(`locale_${text.locale}`)}</h3>
      {text.text === null ? (
        <p lang="en" className="mt-1 text-sm break-words text-bad">
          {text.problem}
        </p>
      ) : (
        <p lang={text.locale} className="mt-1 text-sm break-words whitespace-pre-wrap">
          {text.text}
        </p>
      )}
    </div>
  );
}
