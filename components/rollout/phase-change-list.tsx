'use client';

import { ArrowUpRight, CheckCheck, Flag, type LucideIcon, RotateCcw, Siren, Undo2 } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { Words } from '#components/ui/words.tsx';
import type { PhaseChangeView } from '#lib/dashboard/index.ts';
import { ProofLine } from './proof-line.tsx';
import { useChangeReason } from './use-change-reason.ts';

const LOOKS = {
  start: { icon: Flag, tone: 'neutral' },
  promotion: { icon: ArrowUpRight, tone: 'accent' },
  rollback: { icon: Undo2, tone: 'back' },
  restart: { icon: RotateCcw, tone: 'accent' },
  completion: { icon: CheckCheck, tone: 'accent' },
} as const satisfies Record<PhaseChangeView['kind'], { icon: LucideIcon; tone: Tone }>;

const KNOWN_TRIGGERS = ['button', 'cli', 'api', 'slack', 'deadline', 'automatic', 'setup'] as const;

/** The steps of a rollout, newest first: what, from where to where, who, when, why. */
export function PhaseChangeList({ changes }: { changes: readonly PhaseChangeView[] }) {
  const t = useTranslations('rollout');
  const proof = useTranslations('proof');
  const reasonOf = useChangeReason();
  return (
    <ol className="divide-y divide-line text-sm">
      {changes.map((change) => {
        const { icon: Icon, tone } = LOOKS[change.kind];
        const trigger = KNOWN_TRIGGERS.find((each) => each === change.trigger);
        return (
          <li key={change.id} className="py-2.5">
            <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
              <Badge tone={tone} icon={<Icon aria-hidden className="size-3.5" />}>
                {t(`kind_${change.kind}`)}
              </Badge>
              <span className="font-semibold">
                {change.fromPhase === null ? change.toPhase : `${change.fromPhase} → ${change.toPhase}`}
              </span>
              {change.breakGlass ? (
                <Badge tone="warn" icon={<Siren aria-hidden className="size-3.5" />}>
                  {proof('breakGlass')}
                </Badge>
              ) : null}
              <span className="ml-auto text-[13px] text-ink-2">
                <Instant at={change.at} />
              </span>
            </div>
            <p className="mt-1 text-[13px] break-words text-ink-2">
              <span className="text-ink">{change.actorName}</span>
              {trigger ? ` · ${t(`trigger_${trigger}`)}` : ''}
              {reasonOf(change) ? (
                <>
                  {' · '}
                  <Words>{reasonOf(change)}</Words>
                </>
              ) : null}
            </p>
            <ProofLine change={change} />
          </li>
        );
      })}
    </ol>
  );
}
