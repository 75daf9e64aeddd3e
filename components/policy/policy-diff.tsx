import { ArrowDown, ArrowUp } from 'lucide-react';
import { useLocale, useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { langOf } from '#components/ui/lang-of.ts';
import { EmptyState } from '#components/ui/notice.tsx';
import { Cell, HeaderCell, Row, Table } from '#components/ui/table.tsx';
import { formatLimit, isLocale, LOCALES } from '#lib/i18n/index.ts';
import type { PathStep, PolicyAdoption, PolicyChange, PolicyDiff, TextDiff } from '#lib/policy/index.ts';
import { shortHash } from './versions.tsx';

const STACKED = 'max-md:block max-md:h-auto max-md:px-4 max-md:py-1';

/** What differs between two versions: each changed value in words, then line by line. */
export function PolicyDiffView({
  diff,
  versions,
}: {
  diff: PolicyDiff;
  versions: readonly PolicyAdoption[];
}) {
  const t = useTranslations('policyPage');
  return (
    <Section
      id="diff"
      title={t('diffTitle')}
      aside={<p className="text-sm text-ink-2">{t('diffCount', { count: diff.changes.length })}</p>}
    >
      <dl className="grid gap-3 px-4 py-3 text-sm sm:grid-cols-2 sm:px-5">
        <End label={t('from')} hash={diff.from} versions={versions} />
        <End label={t('to')} hash={diff.to} versions={versions} />
      </dl>
      {diff.changes.length > 0 ? (
        <Changes changes={diff.changes} />
      ) : (
        <EmptyState title={t(diff.text.length > 0 ? 'diffOnlyText' : 'diffNone')} />
      )}
      {diff.text.length > 0 ? (
        <div className="border-t border-line px-4 py-4 sm:px-5">
          <h3 className="text-sm font-semibold">{t('textDiff')}</h3>
          <div className="mt-3 grid grid-cols-[minmax(0,1fr)] gap-4">
            {diff.text.map((file) => (
              <TextDiffView key={file.file} diff={file} />
            ))}
          </div>
        </div>
      ) : null}
    </Section>
  );
}

function End({
  label,
  hash,
  versions,
}: {
  label: string;
  hash: string;
  versions: readonly PolicyAdoption[];
}) {
  const adoption = versions.find((version) => version.hash === hash);
  return (
    <div>
      <dt className="text-[13px] text-ink-2">{label}</dt>
      <dd>
        <code className="font-mono">{shortHash(hash)}</code>
        {adoption ? (
          <span className="block text-ink-2">
            <Instant at={adoption.at} style="minute" /> {adoption.author}{' '}
            <span lang={langOf(adoption.note)}>{adoption.note}</span>
          </span>
        ) : null}
      </dd>
    </div>
  );
}

function Changes({ changes }: { changes: readonly PolicyChange[] }) {
  const t = useTranslations('policyPage');
  return (
    <div className="border-t border-line">
      <Table caption={t('diffTitle')} className="max-md:block">
        <thead className="border-b border-line text-left text-[13px] text-ink-2 max-md:sr-only">
          <tr>
            <HeaderCell>{t('where')}</HeaderCell>
            <HeaderCell>{t('before')}</HeaderCell>
            <HeaderCell>{t('after')}</HeaderCell>
            <HeaderCell>{t('effect')}</HeaderCell>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {changes.map((change) => (
            <ChangeRow key={`${change.file} ${change.kind} ${change.path}`} change={change} />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function ChangeRow({ change }: { change: PolicyChange }) {
  const t = useTranslations('policyPage');
  return (
    <Row className="align-top max-md:block max-md:py-2">
      <Cell className={cx(STACKED, 'min-w-56 align-top')}>
        <Place steps={change.steps} />
        <code className="block font-mono text-xs break-all text-ink-2">
          {change.file}
          {change.path === '' ? '' : ` ${change.path}`}
        </code>
      </Cell>
      <Cell className={cx(STACKED, 'align-top')}>
        <span className="text-[13px] text-ink-2 md:hidden">{t('before')}: </span>
        {change.kind === 'added' ? (
          <span className="text-ink-2">—</span>
        ) : (
          <Value change={change} of="before" />
        )}
      </Cell>
      <Cell className={cx(STACKED, 'align-top')}>
        <span className="text-[13px] text-ink-2 md:hidden">{t('after')}: </span>
        {change.kind === 'removed' ? (
          <span className="text-ink-2">—</span>
        ) : (
          <Value change={change} of="after" />
        )}
      </Cell>
      <Cell className={cx(STACKED, 'align-top')}>
        <span className="flex flex-wrap gap-1.5">
          {change.kind === 'changed' ? null : <Badge>{t(change.kind)}</Badge>}
          {change.effect === 'looser' ? (
            <Badge tone="warn" icon={<ArrowDown aria-hidden className="size-3.5" />}>
              {t('effect_looser')}
            </Badge>
          ) : change.effect === 'stricter' ? (
            <Badge tone="accent" icon={<ArrowUp aria-hidden className="size-3.5" />}>
              {t('effect_stricter')}
            </Badge>
          ) : null}
        </span>
      </Cell>
    </Row>
  );
}

/** Where a value stands, in words: what the policy calls it, else what its key means. */
function Place({ steps }: { steps: readonly PathStep[] }) {
  const t = useTranslations('policyKey');
  const requested = useLocale();
  const locale = isLocale(requested) ? requested : LOCALES[0];
  const words = steps.flatMap(({ key, label }, i) => {
    // "Phases › Broad 30 %" says no more than the name of the phase.
    if (steps[i + 1]?.label && i > 0) return [];
    return [label?.[locale] ?? (t.has(key as never) ? t(key as never) : key)];
  });
  return <span className="font-medium">{words.join(' › ')}</span>;
}

function Value({ change, of }: { change: PolicyChange; of: 'before' | 'after' }) {
  const requested = useLocale();
  const locale = isLocale(requested) ? requested : LOCALES[0];
  const value = change[of];
  if (typeof value === 'number' && change.unit !== null) return formatLimit(value, change.unit, locale);
  if (typeof value === 'object' && value !== null)
    return (
      <code className="font-mono text-xs break-all">
        {shortened(
          Array.isArray(value) && value.every((each) => typeof each === 'string')
            ? value.join(', ')
            : JSON.stringify(value),
        )}
      </code>
    );
  return (
    <span lang={langOf(String(value))} className="break-words">
      {shortened(String(value))}
    </span>
  );
}

// What is longer is read line by line below.
const MOST_SIGNS = 500;
const shortened = (text: string) => (text.length > MOST_SIGNS ? `${text.slice(0, MOST_SIGNS)}…` : text);

const LINE_LOOKS = {
  '-': 'bg-bad-soft text-ink',
  '+': 'bg-pass-soft text-ink',
  ' ': 'text-ink-2',
} as const;

function TextDiffView({ diff: { file, hunks } }: { diff: TextDiff }) {
  const t = useTranslations('policyPage');
  return (
    <figure>
      <figcaption className="font-mono text-[13px]">governance/{file}</figcaption>
      <section
        aria-label={t('textOf', { file })}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="mt-1 overflow-x-auto rounded-md border border-line bg-surface py-2 font-mono text-xs leading-relaxed print:overflow-visible"
      >
        {hunks.map((hunk) => (
          <div key={`${hunk.oldStart} ${hunk.newStart}`} className="w-max min-w-full">
            <p className="px-3 text-ink-3">
              {t('line')} {hunk.newStart}
            </p>
            {hunk.lines.map((line, i) => {
              const mark = line.startsWith('-') ? '-' : line.startsWith('+') ? '+' : ' ';
              return (
                // biome-ignore lint/suspicious/noArrayIndexKey: a line is known by its place
                <p key={i} className={cx('px-3 whitespace-pre', LINE_LOOKS[mark])}>
                  <span aria-hidden>{mark} </span>
                  {mark === ' ' ? null : (
                    <span className="sr-only">{t(mark === '-' ? 'lineRemoved' : 'lineAdded')}: </span>
                  )}
                  {line.slice(1)}
                </p>
              );
            })}
          </div>
        ))}
      </section>
    </figure>
  );
}
