'use client';

import {
  ArrowUpRight,
  CheckCheck,
  ClipboardCheck,
  Hand,
  type LucideIcon,
  OctagonPause,
  Undo2,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import type { DecisionRow, PolicyNames } from '#lib/dashboard/index.ts';
import { formatInstant } from '#lib/i18n/index.ts';
import type { DecisionKind } from '#lib/rollouts/index.ts';
import { gateLabel, gateReason } from './gate-words.ts';
import { useWords } from './use-words.ts';

const LOOKS = {
  halt: { icon: OctagonPause, tone: 'bad' },
  roll_back: { icon: Undo2, tone: 'back' },
  hold: { icon: Hand, tone: 'neutral' },
  await_approval: { icon: ClipboardCheck, tone: 'accent' },
  promote: { icon: ArrowUpRight, tone: 'pass' },
  complete: { icon: CheckCheck, tone: 'pass' },
} as const satisfies Record<DecisionKind, { icon: LucideIcon; tone: Tone }>;

const KNOWN_SOURCES = ['cycle', 'tick', 'fast_lane'] as const;
const SHOWN_GATES = 3;

/** A decision as shape, icon, word and colour. */
export function DecisionBadge({ decision }: { decision: DecisionKind }) {
  const t = useTranslations('decision');
  const { icon: Icon, tone } = LOOKS[decision];
  return (
    <Badge tone={tone} icon={<Icon aria-hidden className="size-3.5" />}>
      {t(decision)}
    </Badge>
  );
}

/** What was decided, newest first, with the conditions that held it and their numbers at that time. */
export function DecisionList({ rows, names }: { rows: readonly DecisionRow[]; names: PolicyNames }) {
  const t = useTranslations('decisions');
  const gates = useTranslations('gates');
  const words = useWords(names);
  return (
    <ol className="divide-y divide-line text-sm">
      {rows.map((row) => {
        const source = KNOWN_SOURCES.find((known) => known === row.source);
        const more = row.held.length - SHOWN_GATES;
        return (
          <li key={row.id} className="py-2.5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <DecisionBadge decision={row.decision} />
              <span className="font-semibold">
                {row.toPhase === null ? row.phase : `${row.phase} → ${row.toPhase}`}
              </span>
              <span className="ml-auto text-[13px] text-ink-2">
                <Instant at={row.decidedAt} />
                {source ? ` · ${t(`source_${source}`)}` : ''}
                {row.windowStart
                  ? ` · ${t('window', { from: formatInstant(row.windowStart, 'time', words.locale, words.zone) })}`
                  : ''}
              </span>
            </div>
            {row.held.length === 0 ? (
              <p className="mt-1 text-[13px] text-ink-2">{t('all', { count: row.metGates })}</p>
            ) : (
              <ul className="mt-1 text-[13px] text-ink-2">
                {row.held.slice(0, SHOWN_GATES).map((gate) => (
                  <li key={gate.id} className="break-words">
                    <span className="text-ink">{gateLabel(gate, words)}</span> · {gateReason(gate, words)}
                  </li>
                ))}
                {more > 0 ? <li>{gates('more', { count: more })}</li> : null}
              </ul>
            )}
          </li>
        );
      })}
    </ol>
  );
}
