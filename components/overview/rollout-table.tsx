'use client';

import { Siren, Undo2 } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Age, useReader } from '#components/clock/clock.tsx';
import { DeadlineLine } from '#components/rollout/deadline-line.tsx';
import { heldReason, heldSince, rollbackWaits } from '#components/rollout/gate-words.ts';
import { headlineLook } from '#components/rollout/headline.tsx';
import { NextEvaluation } from '#components/rollout/next-evaluation.tsx';
import { RolloutStateBadge } from '#components/rollout/rollout-state.tsx';
import { useWords } from '#components/rollout/use-words.ts';
import { Badge } from '#components/ui/badge.tsx';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import { VerdictWord } from '#components/ui/verdict-badge.tsx';
import type { PolicyNames, RolloutSummary } from '#lib/dashboard/index.ts';
import { incidentKey } from '#lib/incidents/index.ts';

/** More rollouts than fit as cards, one line each; on a phone each line is a block. */
export function RolloutTable({
  rollouts,
  names,
}: {
  rollouts: readonly RolloutSummary[];
  names: PolicyNames;
}) {
  const t = useTranslations('overview');
  return (
    <div className="rounded-lg border border-line bg-surface">
      <Table caption={t('title')} className="max-md:block">
        <TableHead>
          {(['rollout', 'verdict', 'held', 'nextColumn', 'incident'] as const).map((column) => (
            <HeaderCell key={column} className="max-md:sr-only">
              {t(column)}
            </HeaderCell>
          ))}
        </TableHead>
        <tbody className="max-md:block">
          {rollouts.map((rollout) => (
            <RolloutRow key={rollout.id} rollout={rollout} names={names} />
          ))}
        </tbody>
      </Table>
    </div>
  );
}

function RolloutRow({ rollout, names }: { rollout: RolloutSummary; names: PolicyNames }) {
  const t = useTranslations('overview');
  const none = useTranslations('app')('none');
  const reasons = useTranslations('gateReason');
  const states = useTranslations('rolloutStateText');
  const { locale } = useReader();
  const { decision, incident, headline } = rollout;
  const held = heldReason(decision, useWords(names));
  const since = heldSince(decision, rollout);
  return (
    <Row className="relative max-md:block max-md:px-4 max-md:py-3 max-md:*:block max-md:*:h-auto max-md:*:px-0 max-md:*:py-0.5">
      <th scope="row" className="px-3 py-2 text-left font-normal">
        <Link
          href={`/rollouts/${rollout.id}`}
          className="font-semibold after:absolute after:inset-0 focus-visible:outline-none focus-visible:after:outline-2 focus-visible:after:outline-accent"
        >
          {rollout.label[locale]}
        </Link>
        <span className="mt-0.5 flex flex-wrap items-center gap-x-2 text-[13px] text-ink-2">
          <span>
            <span className="font-semibold text-ink">{rollout.phase}</span> {rollout.phaseLabel[locale]}
          </span>
          <RolloutStateBadge state={rollout.state} />
        </span>
      </th>
      <Cell>
        <VerdictWord verdict={headlineLook(headline)} />
        {headline.since ? (
          <span className="text-[13px] text-ink-2 md:block">
            {' '}
            <Age at={headline.since} />
          </span>
        ) : null}
      </Cell>
      <Cell className="md:max-w-96">
        {rollbackWaits(decision) ? (
          <Badge tone="bad" icon={<Undo2 aria-hidden className="size-4" />}>
            {reasons('rollback_required')}
          </Badge>
        ) : (
          <span className="line-clamp-2">{held ?? states(rollout.state)}</span>
        )}
        {since ? (
          <span className="block text-[13px] text-ink-2">
            {t.rich('heldFor', { age: () => <Age at={since} /> })}
          </span>
        ) : null}
      </Cell>
      <Cell>
        {rollout.deadline ? (
          <DeadlineLine deadline={rollout.deadline} />
        ) : (
          <>
            <span className="text-[13px] text-ink-2 md:block">{t('next')} </span>
            <NextEvaluation next={rollout.nextEvaluation} />
          </>
        )}
      </Cell>
      <Cell className={incident ? undefined : 'max-md:hidden!'}>
        {incident ? (
          <Badge
            tone={incident.severity === 'major' ? 'bad' : 'warn'}
            icon={<Siren aria-hidden className="size-4" />}
          >
            {t(`incident_${incident.severity}`, { key: incidentKey(incident.number) })}
          </Badge>
        ) : (
          <span className="text-ink-2">{none}</span>
        )}
      </Cell>
    </Row>
  );
}
