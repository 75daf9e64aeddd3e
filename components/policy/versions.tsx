import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { buttonClass } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { Field, SelectInput } from '#components/ui/field.tsx';
import { langOf } from '#components/ui/lang-of.ts';
import { Cell, HeaderCell, Row, Table } from '#components/ui/table.tsx';
import type { PolicyAdoption, PolicyDiff, PolicyVersionList } from '#lib/policy/index.ts';

const STACKED = 'max-md:block max-md:h-auto max-md:px-4 max-md:py-0.5';
const LINK =
  'inline-flex min-h-6 items-center text-accent underline underline-offset-2 hover:no-underline max-md:min-h-11';

/** As much of a version's hash as people read. */
export const shortHash = (hash: string) => hash.slice(0, 12);

export const versionUrl = (hash: string) => `/policy?version=${hash}`;
const diffUrl = (from: string, to: string) => `/policy?${new URLSearchParams({ from, to })}`;

/** Every time another version came into force: when, whose change it was, and what it was. */
export function VersionList({ list }: { list: PolicyVersionList }) {
  const t = useTranslations('policyPage');
  return (
    <Section id="versions" title={t('versions')}>
      <Table caption={t('versionsCaption')} className="max-md:block">
        <thead className="border-b border-line text-left text-[13px] text-ink-2 max-md:sr-only">
          <tr>
            <HeaderCell>{t('when')}</HeaderCell>
            <HeaderCell>{t('versionHead')}</HeaderCell>
            <HeaderCell>{t('who')}</HeaderCell>
            <HeaderCell>{t('note')}</HeaderCell>
            <HeaderCell>{t('changes')}</HeaderCell>
          </tr>
        </thead>
        <tbody className="max-md:block">
          {list.versions.map((version, i) => (
            <VersionRow
              key={`${version.hash} ${version.at}`}
              version={version}
              before={list.versions[i + 1]}
              inForce={i === 0}
            />
          ))}
        </tbody>
      </Table>
    </Section>
  );
}

function VersionRow({
  version,
  before,
  inForce,
}: {
  version: PolicyAdoption;
  before: PolicyAdoption | undefined;
  inForce: boolean;
}) {
  const t = useTranslations('policyPage');
  const short = shortHash(version.hash);
  return (
    <Row className="max-md:block max-md:py-2">
      <Cell className={STACKED}>
        <Instant at={version.at} style="minute" />
      </Cell>
      <Cell className={STACKED}>
        <span className="flex flex-wrap items-center gap-2">
          <Link href={versionUrl(version.hash)} className={cx(LINK, 'font-mono')}>
            {short}
          </Link>
          {inForce ? <Badge tone="pass">{t('inForce')}</Badge> : null}
        </span>
      </Cell>
      <Cell className={STACKED}>
        {version.author === '' ? <span className="text-ink-2">{t('byNobody')}</span> : version.author}
        <span className="block text-[13px] text-ink-2">
          {version.author === '' ? null : t(`source_${version.source}`)}{' '}
          {version.commitId ? <code className="font-mono">{version.commitId.slice(0, 10)}</code> : null}
        </span>
      </Cell>
      <Cell className={cx(STACKED, 'md:w-full')}>
        <span lang={langOf(version.note)}>{version.note}</span>
      </Cell>
      <Cell className={cx(STACKED, 'whitespace-nowrap')}>
        {before ? (
          <Link
            href={diffUrl(before.hash, version.hash)}
            aria-label={t('changeOf', { hash: short })}
            className={LINK}
          >
            {t('change')}
          </Link>
        ) : (
          <span className="text-[13px] text-ink-2">{t('firstVersion')}</span>
        )}
      </Cell>
    </Row>
  );
}

/** Any two versions beside each other; works without scripts. */
export function VersionCompare({ list, diff }: { list: PolicyVersionList; diff: PolicyDiff | null }) {
  const t = useTranslations('policyPage');
  const hashes = [...new Map(list.versions.map((version) => [version.hash, version])).values()];
  if (hashes.length < 2) return null;
  const ends = [
    { name: 'from', label: t('from'), value: diff?.from ?? hashes[1]?.hash },
    { name: 'to', label: t('to'), value: diff?.to ?? hashes[0]?.hash },
  ];
  return (
    <form
      key={`${diff?.from} ${diff?.to}`}
      action="/policy"
      aria-label={t('compare')}
      className="flex flex-wrap items-end gap-3 print:hidden"
    >
      {ends.map(({ name, label, value }) => (
        <Field key={name} label={label} className="min-w-0 max-sm:w-full sm:w-72">
          {(control) => (
            <SelectInput {...control} name={name} defaultValue={value}>
              {hashes.map((version) => (
                <option key={version.hash} value={version.hash}>
                  {[shortHash(version.hash), version.author, version.note].filter(Boolean).join(' · ')}
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
      ))}
      <button type="submit" className={buttonClass({}, 'max-sm:h-11 max-sm:w-full')}>
        {t('show')}
      </button>
    </form>
  );
}
