'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { useChannelName } from '#components/deliveries/use-channel-name.ts';
import { useMessageName } from '#components/deliveries/use-message-name.ts';
import { useJobName } from '#components/jobs/use-job-name.ts';
import type { SubjectName } from '#lib/dashboard/index.ts';
import { subjectUrl } from './subject-url.ts';

/** What an entry is about, as people call it, and the way there; its id stands in the details. */
export function SubjectText({ subject, name }: { subject: string; name: SubjectName | undefined }) {
  const text = useSubjectText(subject, name);
  const url = subjectUrl(subject, name);
  return url === null ? (
    text
  ) : (
    <Link
      href={url}
      className="inline-block min-h-6 break-words text-accent underline underline-offset-2 hover:no-underline"
    >
      {text}
    </Link>
  );
}

// Subjects that there is one of.
const SINGLE = ['users', 'retention', 'collector'] as const;

function useSubjectText(subject: string, name: SubjectName | undefined): ReactNode {
  const t = useTranslations();
  const { locale } = useReader();
  const messageName = useMessageName();
  const channelName = useChannelName();
  const jobName = useJobName();
  const single = SINGLE.find((each) => each === subject);
  if (single) return t(`audit.subject_${single}`);
  const [kind = '', id = ''] = subject.split(':');
  if (kind === 'job') return t('audit.subject_job', { name: jobName({ id, name: id }) });
  switch (name?.kind) {
    case 'rollout':
      return name.label[locale];
    case 'incident':
      return `${name.key} ${t(`incidents.cause_${name.cause}`)} · ${name.rollout[locale]}`;
    case 'user':
      return name.name;
    case 'api_key':
      return t('audit.subject_api_key', { name: name.name });
    case 'policy':
      return t.rich('audit.subject_policy', {
        hash: id.slice(0, 12),
        at: () => <Instant at={name.since} />,
      });
    case 'delivery':
      return `${messageName(name.message)} → ${channelName(name.channel)}`;
    case 'stop':
      return t(`stops.past_${name.stop}`, { scope: name.rollout?.[locale] ?? t('stops.everything') });
    case 'review':
      return t('audit.subject_review', {
        act: t(name.act === 'kill' ? 'reviews.title_kill' : 'reviews.title_plain', {
          rollout: name.rollout?.[locale] ?? t('reviews.everything'),
        }),
      });
    case 'quarantine':
      return t('audit.subject_quarantine', { source: name.source, line: name.line });
    case undefined:
      return <code className="font-mono text-[13px] break-all">{shortSubject(subject)}</code>;
  }
}

/** A hash in full says no more than its beginning. */
const shortSubject = (subject: string) => subject.replace(/([0-9a-f]{12})[0-9a-f]{52}$/, '$1…');
