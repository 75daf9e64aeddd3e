'use client';

import { Check, CircleHelp, Hand, type LucideIcon } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { ChecklistView, PolicyNames } from '#lib/dashboard/index.ts';
import type { Decision, GateCheck } from '#lib/rollouts/index.ts';
import { ChecklistItems } from './checklist-items.tsx';
import { gateLabel, gateReason, gateRelease, gateScale } from './gate-words.ts';
import { useWords } from './use-words.ts';

const MOST_SEGMENTS = 12;

const LOOKS = {
  met: { icon: Check, ink: 'text-pass' },
  unmet: { icon: Hand, ink: 'text-ink-2' },
  unknown: { icon: CircleHelp, ink: 'text-warn' },
} as const satisfies Record<GateCheck['state'], { icon: LucideIcon; ink: string }>;

type GateListProps = {
  rolloutId: string;
  version: number;
  decision: Decision;
  names: PolicyNames;
  checklists: readonly ChecklistView[];
};

/** Every condition of the way on: what holds it first, then what is met; each with its numbers and what releases it (PHA-3). */
export function GateList({ rolloutId, version, decision, names, checklists }: GateListProps) {
  const t = useTranslations('gates');
  const held = decision.gates.filter(({ state }) => state !== 'met');
  const metGates = decision.gates.filter(({ state }) => state === 'met');
  const item = (check: GateCheck) => (
    <GateItem
      key={check.id}
      rolloutId={rolloutId}
      version={version}
      check={check}
      names={names}
      checklist={checklists.find(({ gateId }) => gateId === check.id)}
    />
  );
  // A checklist stays in sight although it is met: its answers are part of what people sign.
  const shownMet = metGates.filter(({ unit, kind }) => unit !== null && kind !== 'no_open_incident');
  const foldedMet = metGates.filter((check) => !shownMet.includes(check));
  return (
    <>
      <ul className="divide-y divide-line">
        {held.map(item)}
        {shownMet.map(item)}
      </ul>
      {foldedMet.length > 0 ? (
        <details className="border-t border-line" open={held.length === 0 && shownMet.length === 0}>
          <summary className="flex min-h-10 items-center px-4 text-[13px] text-ink-2 underline underline-offset-2 hover:text-ink sm:px-5">
            {t('showMet', { count: foldedMet.length })}
          </summary>
          <ul className="divide-y divide-line border-t border-line">{foldedMet.map(item)}</ul>
        </details>
      ) : null}
    </>
  );
}

function GateItem({
  rolloutId,
  version,
  check,
  names,
  checklist,
}: {
  rolloutId: string;
  version: number;
  check: GateCheck;
  names: PolicyNames;
  checklist: ChecklistView | undefined;
}) {
  const t = useTranslations('gates');
  const words = useWords(names);
  const { icon: Icon, ink } = LOOKS[check.state];
  const release = gateRelease(check, words);
  return (
    <li className="grid grid-cols-[1.25rem_minmax(0,1fr)] gap-x-3 px-4 py-2.5 sm:px-5" data-gate={check.id}>
      <Icon aria-hidden className={cx('mt-0.5 size-5', ink)} />
      <div className="min-w-0">
        <p className="flex flex-wrap items-baseline gap-x-3 text-sm">
          <span className="font-medium">{gateLabel(check, words)}</span>
          <span className={cx('text-[13px] font-medium', ink)}>{t(`state_${check.state}`)}</span>
          {check.since && check.state === 'met' ? (
            <span className="ml-auto text-xs text-ink-2">
              {t.rich('since', { at: () => <Instant at={check.since ?? ''} /> })}
            </span>
          ) : null}
        </p>
        {check.state === 'met' ? (
          <MetNumbers check={check} scale={gateScale(check, words)} />
        ) : (
          <>
            <p className="text-[13px] break-words tabular-nums text-ink">{gateReason(check, words)}</p>
            <Meter check={check} />
            {release ? <p className="text-[13px] text-ink-2">{release}</p> : null}
          </>
        )}
        {checklist ? (
          <ChecklistItems rolloutId={rolloutId} version={version} checklist={checklist} names={names} />
        ) : null}
      </div>
    </li>
  );
}

function MetNumbers({ check, scale }: { check: GateCheck; scale: string }) {
  if (check.unit === null || check.unit === 'incidents' || scale === '') return null;
  return <p className="text-[13px] tabular-nums text-ink-2">{scale}</p>;
}

/** How far a gate has come, as a bar beside its sentence. */
function Meter({ check }: { check: GateCheck }) {
  const { now, needed, unit } = check;
  if (now === null || needed === null || needed <= 1 || unit === 'incidents') return null;
  const segments = unit !== 'seconds' && needed <= MOST_SEGMENTS ? needed : 1;
  return (
    <span aria-hidden className="my-1.5 flex h-1.5 max-w-72 gap-0.5">
      {Array.from({ length: segments }, (_, place) => place).map((place) => (
        <span
          key={place}
          className="relative flex-1 overflow-hidden rounded-sm bg-sunken ring-1 ring-line ring-inset"
        >
          <span
            className="absolute inset-y-0 left-0 bg-accent"
            style={{ width: `${Math.max(0, Math.min(1, (now / needed) * segments - place)) * 100}%` }}
          />
        </span>
      ))}
    </span>
  );
}
