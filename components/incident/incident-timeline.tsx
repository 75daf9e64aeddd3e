'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Instant } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { Words } from '#components/ui/words.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';
import { timelineGroups } from './timeline-groups.ts';
import { type TimelineText, useTimelineText } from './timeline-text.tsx';

const FIRST_ROWS = 30;

/** What happened, newest first: verdicts, messages, people and what the machine did. */
export function IncidentTimeline({ page }: { page: IncidentPage }) {
  const t = useTranslations('incidentPage');
  const textOf = useTimelineText(page.channelNames);
  const [all, setAll] = useState(false);
  const entries = page.detail.timeline.toReversed();
  const rows = timelineGroups(entries);
  const shown = all ? rows : rows.slice(0, FIRST_ROWS);
  return (
    <Section id="timeline" title={t('timeline')}>
      {entries.length === 0 ? (
        <p className="px-4 py-4 text-sm text-ink-2 sm:px-5">{t('noTimeline')}</p>
      ) : (
        <ol className="divide-y divide-line">
          {shown.map(([entry, ...others]) =>
            entry === undefined ? null : (
              <li
                key={entry.id}
                data-kind={entry.kind}
                className="grid gap-x-4 gap-y-0.5 px-4 py-2 text-sm sm:grid-cols-[11rem_9rem_minmax(0,1fr)] sm:px-5"
              >
                <span className="text-[13px] text-ink-2">
                  <Instant at={entry.at} />
                </span>
                <span className="font-medium">{t(`event_${entry.kind}`)}</span>
                <span className="min-w-0 break-words whitespace-pre-line">
                  {others.length === 0 ? (
                    <EntryText text={textOf(entry)} />
                  ) : (
                    // Why a way failed stands with the deliveries.
                    [entry, ...others].map((each) => (
                      <span key={each.id} className="block">
                        {textOf(each).told}
                      </span>
                    ))
                  )}{' '}
                  <span className="text-[13px] text-ink-2">{entry.actorName}</span>
                </span>
              </li>
            ),
          )}
        </ol>
      )}
      {shown.length < rows.length ? (
        <div className="border-t border-line p-3 text-center">
          <Button size="sm" onClick={() => setAll(true)}>
            {t('allEntries', { count: entries.length })}
          </Button>
        </div>
      ) : null}
    </Section>
  );
}

function EntryText({ text: { told, words } }: { text: TimelineText }) {
  return (
    <>
      {told}
      {told !== '' && words !== '' ? ' · ' : ''}
      {words === '' ? null : <Words>{words}</Words>}
    </>
  );
}
