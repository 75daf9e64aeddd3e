'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { langOf } from '#components/ui/lang-of.ts';
import { OpeningCell, OpeningRow } from '#components/ui/opening-row.tsx';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import type { AuditView, SubjectName } from '#lib/dashboard/index.ts';
import { detailRows } from './detail-rows.ts';
import { SubjectText } from './subject-text.tsx';
import { subjectUrl } from './subject-url.ts';
import { useActionName } from './use-action-name.ts';

type Entry = AuditView['rows'][number];
type RowProps = { entry: Entry; name: SubjectName | undefined; open: boolean; toggle: () => void };

/** An entry in one line, and what it holds while it is open. */
export function AuditRow({ entry, name, open, toggle }: RowProps) {
  const t = useTranslations('audit');
  const actionName = useActionName();
  return (
    <OpeningRow
      open={open}
      toggle={toggle}
      label={t(open ? 'hide' : 'show', { seq: entry.seq })}
      columns={6}
      details={<AuditDetails entry={entry} name={name} />}
    >
      <OpeningCell className="md:pt-3">
        <Instant at={entry.at} style="full" named="stacked" />
      </OpeningCell>
      <OpeningCell className="max-w-56 break-words md:min-w-36 md:pt-3">
        {entry.actorName || entry.actorId}
      </OpeningCell>
      <OpeningCell className="font-medium md:pt-3">{actionName(entry.action)}</OpeningCell>
      <OpeningCell className="md:min-w-60 md:pt-3">
        <SubjectText subject={entry.subject} name={name} />
      </OpeningCell>
      <OpeningCell className="break-words text-ink-2 md:w-full md:pt-3">
        <span lang={langOf(entry.reason)}>{entry.reason}</span>
      </OpeningCell>
    </OpeningRow>
  );
}

/** Everything an entry holds: its facts, before and after, and its seals. */
function AuditDetails({ entry, name }: Pick<RowProps, 'entry' | 'name'>) {
  const t = useTranslations('audit');
  const rows = detailRows(entry.details);
  const url = subjectUrl(entry.subject, name);
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 px-4 py-4 text-sm sm:pl-14">
      <p className="flex flex-wrap gap-x-4 gap-y-1 text-[13px] text-ink-2">
        <span>#{entry.seq}</span>
        <code className="font-mono break-all">{entry.action}</code>
        <code className="font-mono break-all">{entry.subject}</code>
        <code className="font-mono break-all">{entry.actorId}</code>
        {url ? (
          <Link
            href={url}
            className="inline-flex min-h-6 items-center text-accent underline underline-offset-2 hover:no-underline max-md:min-h-11"
          >
            {t('toSubject')}
          </Link>
        ) : null}
      </p>
      {rows.length === 0 ? (
        <p className="text-ink-2">{t('noDetails')}</p>
      ) : (
        <div className="rounded-md border border-line bg-surface">
          <Table caption={`${t('details')} #${entry.seq}`}>
            <TableHead>
              <HeaderCell>{t('field')}</HeaderCell>
              <HeaderCell>{t('value')}</HeaderCell>
              <HeaderCell>{t('after')}</HeaderCell>
            </TableHead>
            <tbody>
              {rows.map((row) => (
                <Row key={row.field}>
                  <th
                    scope="row"
                    className="px-3 py-1.5 text-left align-top font-mono text-[13px] font-normal"
                  >
                    {row.field}
                  </th>
                  {row.change ? (
                    <>
                      <Cell className="align-top break-words">
                        <span className="sr-only">{t('before')}: </span>
                        <span lang={langOf(row.before)}>{row.before}</span>
                      </Cell>
                      <Cell className="align-top font-medium break-words">
                        → <span lang={langOf(row.after)}>{row.after}</span>
                      </Cell>
                    </>
                  ) : (
                    <Cell colSpan={2} className="align-top break-words">
                      <span lang={langOf(row.value)}>{row.value}</span>
                    </Cell>
                  )}
                </Row>
              ))}
            </tbody>
          </Table>
        </div>
      )}
      <dl className="grid gap-1 text-[13px] sm:grid-cols-[max-content_minmax(0,1fr)] sm:gap-x-4">
        <dt className="text-ink-2">{t('sealed')}</dt>
        <dd>
          <code className="font-mono break-all">{entry.hash}</code>
        </dd>
        <dt className="text-ink-2">{t('prevSeal')}</dt>
        <dd>
          <code className="font-mono break-all">{entry.prevHash}</code>
        </dd>
      </dl>
      <details>
        <summary className="inline-flex min-h-8 items-center text-[13px] text-accent max-md:min-h-11">
          {t('json')}
        </summary>
        <CodeBlock text={JSON.stringify(entry, null, 2)} label={`${t('json')} #${entry.seq}`} />
      </details>
    </div>
  );
}
