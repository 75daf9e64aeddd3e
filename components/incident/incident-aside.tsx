'use client';

import { FileDown } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Instant, useNow } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { OutsideLink } from '#components/ui/outside-link.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';
import { reportFileUrl } from '#lib/queries/index.ts';

const PAGER_DUTY_STATES = ['triggered', 'acknowledged', 'resolved'] as const;

/** Who owns it, where it is talked about, and what has been written down. */
export function IncidentAside({
  page,
  nameOwner,
  shareRca,
}: {
  page: IncidentPage;
  nameOwner: () => void;
  shareRca: () => void;
}) {
  const t = useTranslations('incidentPage');
  const { incident, owner, rcaDueAt, rcaShared, slackUrl, pagerDuty, issue, reports } = page.detail;
  const now = useNow();
  const rcaLate = rcaDueAt !== null && rcaShared === null && Date.parse(rcaDueAt) <= now;
  const pagerDutyState = PAGER_DUTY_STATES.find((known) => known === pagerDuty?.state);
  return (
    <div className="grid gap-5">
      <Section id="owner" title={t('owner')}>
        <div className="grid gap-2 px-4 py-3 text-sm sm:px-5">
          <p className={owner ? 'font-medium' : 'text-ink-2'}>{owner?.name ?? t('noOwner')}</p>
          {incident.state === 'open' && page.rights.handle.allowed ? (
            <Button size="sm" className="justify-self-start max-sm:h-11" onClick={nameOwner}>
              {t(owner ? 'changeOwner' : 'nameOwner')}
            </Button>
          ) : null}
        </div>
      </Section>
      {incident.severity === 'major' ? (
        <Section id="rca" title="RCA">
          <div className="grid gap-2 px-4 py-3 text-sm sm:px-5">
            {rcaShared ? (
              <>
                <p>
                  {t.rich('rcaSharedBy', { at: () => <Instant at={rcaShared.at} />, name: rcaShared.byName })}
                </p>
                <p>
                  <OutsideLink href={rcaShared.url}>{t('rcaRead')}</OutsideLink>
                </p>
              </>
            ) : rcaDueAt ? (
              <p className={rcaLate ? 'font-medium text-bad' : 'text-ink-2'}>
                {t.rich('rcaDue', { at: () => <Instant at={rcaDueAt} /> })}
                {rcaLate ? ` · ${t('rcaLate')}` : ''}
              </p>
            ) : null}
            {page.rights.handle.allowed ? (
              <Button size="sm" className="justify-self-start max-sm:h-11" onClick={shareRca}>
                {t(rcaShared ? 'shareOther' : 'shareRca')}
              </Button>
            ) : null}
          </div>
        </Section>
      ) : null}
      <Section id="links" title={t('links')}>
        <dl className="grid gap-3 px-4 py-3 text-sm sm:px-5">
          <Item label="Slack">
            {slackUrl ? <OutsideLink href={slackUrl}>{t('slackThread')}</OutsideLink> : t('notThere')}
          </Item>
          <Item label="PagerDuty">
            {pagerDuty
              ? [
                  pagerDutyState ? t(`pagerDuty_${pagerDutyState}`) : pagerDuty.state,
                  pagerDuty.acknowledgedBy ? t('acknowledgedBy', { name: pagerDuty.acknowledgedBy }) : null,
                ]
                  .filter((part) => part !== null)
                  .join(' · ')
              : t('notCalled')}
          </Item>
          <Item label={t('issue')}>
            {issue?.url ? (
              <OutsideLink href={issue.url}>#{issue.number}</OutsideLink>
            ) : issue ? (
              `#${issue.number}`
            ) : (
              t('notThere')
            )}
          </Item>
          <Item label={t('messages')}>
            <Link
              href={`/deliveries?incident=${incident.id}`}
              className="font-medium text-accent underline underline-offset-2"
            >
              {t('toDeliveries')}
            </Link>
          </Item>
        </dl>
      </Section>
      <Section id="files" title={t('files')}>
        {reports.length === 0 ? (
          <p className="px-4 py-3 text-sm text-ink-2 sm:px-5">{t('noFiles')}</p>
        ) : (
          <ul className="grid gap-2 px-4 py-3 text-sm sm:px-5">
            {reports.map(({ path, kind }) => (
              <li key={path} className="flex items-start gap-2">
                <FileDown aria-hidden className="mt-0.5 size-4 shrink-0 text-ink-2" />
                <span className="min-w-0">
                  <a
                    href={reportFileUrl(path)}
                    download
                    className="font-medium text-accent underline underline-offset-2"
                  >
                    {kind === 'rca' ? t('file_rca') : kind === 'alert' ? t('file_alert') : t('file_other')}
                  </a>
                  <span className="block font-mono text-xs break-all text-ink-2">{path}</span>
                </span>
              </li>
            ))}
          </ul>
        )}
      </Section>
    </div>
  );
}

function Item({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <dt className="text-[13px] text-ink-2">{label}</dt>
      <dd>{children}</dd>
    </div>
  );
}
