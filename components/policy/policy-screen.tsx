import Link from 'next/link';
import { useLocale, useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { EmptyState, Notice } from '#components/ui/notice.tsx';
import { isLocale, LOCALES } from '#lib/i18n/index.ts';
import type { PolicyAdoption, PolicyDiff, PolicyVersionList, PolicyVersionText } from '#lib/policy/index.ts';
import { DocumentView } from './document-view.tsx';
import type { Governance } from './document-words.ts';
import { PolicyDiffView } from './policy-diff.tsx';
import { policyDocument } from './policy-document.ts';
import { PolicyNews } from './policy-news.tsx';
import { PrintButton } from './print-button.tsx';
import { VersionText } from './version-text.tsx';
import { shortHash, VersionCompare, VersionList } from './versions.tsx';

type Props = {
  inForce: Governance & { hash: string; adoption: PolicyAdoption; problems: readonly string[] };
  list: PolicyVersionList;
  diff: PolicyDiff | null;
  text: PolicyVersionText | null;
};

/** What Phasegate goes by: the policy in force for people, who changed it when, and what a change was (PHA-6). */
export function PolicyScreen({ inForce, list, diff, text }: Props) {
  const t = useTranslations('policyPage');
  const all = useTranslations();
  const requested = useLocale();
  const locale = isLocale(requested) ? requested : LOCALES[0];
  const aside = diff ?? text;
  const sections = policyDocument(inForce, {
    t: (key, values) => all(key as never, values as never),
    locale,
    linked: true,
  });
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
      <div className="flex flex-wrap items-start justify-between gap-3">
        <div>
          <h1 className="text-xl font-semibold">{t('title')}</h1>
          <p className="mt-1 max-w-prose text-sm text-ink-2">{t('lead')}</p>
        </div>
        {aside ? (
          <Link href="/policy" className={buttonClass({}, 'max-sm:h-11 print:hidden')}>
            {t('close')}
          </Link>
        ) : (
          <PrintButton />
        )}
      </div>
      <PolicyNews shown={list.versions[0]} />
      {inForce.problems.length > 0 ? <Problems problems={inForce.problems} /> : null}
      {aside ? null : <InForce adoption={inForce.adoption} />}
      {diff ? <PolicyDiffView diff={diff} versions={list.versions} /> : null}
      {text ? <VersionText text={text} inForce={inForce.hash} /> : null}
      <VersionCompare list={list} diff={diff} />
      <VersionList list={list} />
      {aside ? null : <DocumentView sections={sections} />}
    </div>
  );
}

function InForce({ adoption }: { adoption: PolicyAdoption }) {
  const t = useTranslations('policyPage');
  return (
    <p className="flex flex-wrap gap-x-4 gap-y-1 text-sm" data-policy={adoption.hash}>
      <span className="font-medium">{t('version', { hash: shortHash(adoption.hash) })}</span>
      <span>
        {t('since')} <Instant at={adoption.at} style="minute" />
      </span>
      <span>{adoption.author === '' ? t('byNobody') : t('by', { author: adoption.author })}</span>
    </p>
  );
}

function Problems({ problems }: { problems: readonly string[] }) {
  const t = useTranslations('policyPage');
  return (
    <Notice tone="bad" title={t('problemTitle')}>
      <p>{t('problemText')}</p>
      <ul className="mt-2 grid gap-1">
        {problems.map((problem) => (
          <li key={problem} lang="en" className="font-mono text-xs break-words text-ink">
            {problem}
          </li>
        ))}
      </ul>
    </Notice>
  );
}

/** An address that names a version nobody knows. */
export function UnknownVersion() {
  const t = useTranslations('policyPage');
  return (
    <div>
      <h1 className="text-xl font-semibold">{t('title')}</h1>
      <EmptyState title={t('unknownVersion')}>
        <p>{t('unknownText')}</p>
        <Link href="/policy" className={buttonClass({ tone: 'primary' }, 'mt-4')}>
          {t('close')}
        </Link>
      </EmptyState>
    </div>
  );
}
