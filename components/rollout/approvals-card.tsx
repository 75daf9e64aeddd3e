'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ThumbsDown, ThumbsUp } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { PressFailure } from '#components/press/press-failure.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { OutsideLink } from '#components/ui/outside-link.tsx';
import type { EndedWord, RolloutView, VoteView } from '#lib/dashboard/index.ts';
import { formatInstant, zoneName } from '#lib/i18n/index.ts';
import { queryKeys, withdrawApproval } from '#lib/queries/index.ts';
import { ChangeTable } from './change-table.tsx';
import { VoteDialog } from './vote-dialog.tsx';

/** What is asked, of whom, who has signed, how many are left, and why the reader may not (PHA-3). */
export function ApprovalsCard({ view }: { view: RolloutView }) {
  const t = useTranslations('approvals');
  const { locale } = useReader();
  const { approvals, promotion, names, summary } = view;
  const { decision } = summary;
  const left = approvals.required.reduce((sum, { needed, given }) => sum + needed - given, 0);
  return (
    <Section
      id="approvals"
      title={
        promotion.kind === 'promote' && promotion.toPhase !== null
          ? t('promoteTitle', { from: promotion.fromPhase, to: promotion.toPhase })
          : t('completeTitle', { from: promotion.fromPhase })
      }
    >
      <div className="grid gap-4 px-4 py-4 sm:px-5">
        {promotion.kind === 'promote' ? (
          <ChangeTable
            flagChanges={promotion.flagChanges}
            from={{ phase: promotion.fromPhase, reach: promotion.from }}
            to={{ phase: promotion.toPhase, reach: promotion.to }}
          />
        ) : null}
        <div>
          <p className="text-sm font-medium">{t('required')}</p>
          <ul className="mt-1 flex flex-wrap gap-2">
            {approvals.required.map(({ role, needed, given }) => (
              <li key={role}>
                <Badge tone={given >= needed ? 'pass' : 'neutral'}>
                  {names.roles[role]?.[locale] ?? role}
                  <span className="tabular-nums">{t('place', { given, needed })}</span>
                </Badge>
              </li>
            ))}
          </ul>
          <p className="mt-1.5 text-[13px] text-ink-2" aria-live="polite">
            {t('left', { count: left })}
          </p>
        </div>
        {approvals.votes.length > 0 ? (
          <ul aria-label={t('votes')} className="divide-y divide-line rounded-md border border-line">
            {approvals.votes.map((vote) => (
              <Vote key={vote.id} vote={vote} view={view} />
            ))}
          </ul>
        ) : (
          <p className="text-[13px] text-ink-2">{t('noVotes')}</p>
        )}
        <VoteButtons view={view} />
        <p className="text-xs text-ink-2">
          {t.rich('evidence', { at: () => <Instant at={decision.decidedAt} /> })}
          <span className="block font-mono">
            {t.rich('evidenceId', {
              hash: decision.evidenceHash.slice(0, 12),
              policy: () => (
                <Link
                  href={`/policy?version=${decision.policyHash}`}
                  className="inline-flex min-h-6 items-center underline underline-offset-2 hover:no-underline"
                >
                  {decision.policyHash.slice(0, 12)}
                </Link>
              ),
            })}
          </span>
        </p>
        {approvals.ended.length > 0 ? <Ended words={approvals.ended} /> : null}
      </div>
    </Section>
  );
}

function Vote({ vote, view }: { vote: VoteView; view: RolloutView }) {
  const t = useTranslations('approvals');
  const { locale, zone } = useReader();
  const client = useQueryClient();
  const rolloutId = view.summary.id;
  const withdraw = useMutation({
    mutationFn: () => withdrawApproval(rolloutId, vote.id),
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.rollout(rolloutId) }),
  });
  const counts = vote.standing === 'counts';
  const Icon = vote.choice === 'approve' ? ThumbsUp : ThumbsDown;
  return (
    <li className="px-3 py-2 text-[13px]">
      <p className="flex flex-wrap items-center gap-x-2 gap-y-1">
        <Badge
          tone={vote.choice === 'reject' ? 'bad' : counts ? 'pass' : 'none'}
          icon={<Icon aria-hidden className="size-3.5" />}
        >
          {t(`choice_${vote.choice}`)}
        </Badge>
        <span className="font-medium">{vote.personName}</span>
        <span className="text-ink-2">{view.names.roles[vote.role]?.[locale] ?? vote.role}</span>
        <span className="ml-auto text-ink-2">
          <Instant at={vote.givenAt} />
        </span>
      </p>
      {vote.comment ? <p className="mt-1 break-words">{vote.comment}</p> : null}
      <p className="mt-0.5 flex flex-wrap gap-x-3 text-ink-2">
        <span>{t(`standing_${vote.standing}`)}</span>
        {counts && vote.expiresAt ? (
          <span>
            {t('expires', {
              at: `${formatInstant(vote.expiresAt, 'dayTime', locale, zone)} ${zoneName(zone)}`,
            })}
          </span>
        ) : null}
        {vote.minutesUrl ? <OutsideLink href={vote.minutesUrl}>{t('minutes')}</OutsideLink> : null}
      </p>
      {vote.mine ? (
        <Button
          size="sm"
          className="mt-1.5 max-sm:h-11"
          disabled={withdraw.isPending}
          onClick={() => withdraw.mutate()}
        >
          {withdraw.isPending ? t('withdrawing') : t('withdraw')}
        </Button>
      ) : null}
      {withdraw.error ? <PressFailure error={withdraw.error} /> : null}
    </li>
  );
}

function VoteButtons({ view }: { view: RolloutView }) {
  const t = useTranslations();
  const { locale } = useReader();
  const [choice, setChoice] = useState<'approve' | 'reject' | null>(null);
  const whyId = useId();
  const { approvals, names, summary } = view;
  const why = approvals.approveBlockedBy ?? approvals.rejectBlockedBy;
  const roles = approvals.required.map(({ role }) => names.roles[role]?.[locale] ?? role).join(' · ');
  return (
    <div className="grid gap-2">
      {why ? (
        <p id={whyId} className="text-[13px] text-ink-2">
          {t(`approvals.obstacle_${why}`, { roles, state: t(`rolloutState.${summary.state}`) })}
        </p>
      ) : null}
      <div className="flex gap-2 max-sm:*:h-12 max-sm:*:flex-1">
        <Button
          tone="primary"
          disabled={approvals.approveBlockedBy !== null}
          aria-describedby={why ? whyId : undefined}
          onClick={() => setChoice('approve')}
        >
          <ThumbsUp aria-hidden className="size-4" />
          {t('approvals.approve')}
        </Button>
        <Button
          disabled={approvals.rejectBlockedBy !== null}
          aria-describedby={why ? whyId : undefined}
          onClick={() => setChoice('reject')}
        >
          <ThumbsDown aria-hidden className="size-4" />
          {t('approvals.reject')}
        </Button>
      </div>
      {choice ? <VoteDialog view={view} choice={choice} onClose={() => setChoice(null)} /> : null}
    </div>
  );
}

const ENDS = [
  'withdrawn',
  'replaced',
  'evidence_changed',
  'policy_changed',
  'expired',
  'phase_left',
] as const;

function Ended({ words }: { words: readonly EndedWord[] }) {
  const t = useTranslations('approvals');
  return (
    <details className="text-[13px]">
      <summary className="inline-flex min-h-8 items-center text-ink-2 underline underline-offset-2 hover:text-ink">
        {t('ended', { count: words.length })}
      </summary>
      <ul className="mt-1 grid gap-1">
        {words.map((word) => {
          const end = ENDS.find((known) => known === word.endReason);
          return (
            <li key={word.id} className="flex flex-wrap gap-x-2 text-ink-2">
              <span>{t(word.what === 'approve' ? 'choice_approve' : 'choice_reject')}</span>
              <span className="text-ink">{word.personName}</span>
              <Instant at={word.givenAt} />
              <span>
                → {end ? t(`end_${end}`) : word.endReason} <Instant at={word.endedAt} />
              </span>
            </li>
          );
        })}
      </ul>
    </details>
  );
}
