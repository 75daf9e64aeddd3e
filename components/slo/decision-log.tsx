'use client';

import {
  ArrowUpRight,
  CheckCheck,
  Flag,
  type LucideIcon,
  RotateCcw,
  Signature,
  Siren,
  ThumbsDown,
  ThumbsUp,
  Undo2,
} from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { Instant, useReader } from '#components/clock/clock.tsx';
import { Badge, type Tone } from '#components/ui/badge.tsx';
import { Section } from '#components/ui/card.tsx';
import { cx } from '#components/ui/cx.ts';
import { OutsideLink } from '#components/ui/outside-link.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import type { SloReport } from '#lib/slo/slo-report.schema.ts';
import { decisionLogOf, type LogEntry } from './decision-log-of.ts';
import type { SloNames } from './slo-names.ts';

type Look = { icon: LucideIcon; tone: Tone };
const STEPS = {
  start: { icon: Flag, tone: 'neutral' },
  promotion: { icon: ArrowUpRight, tone: 'accent' },
  rollback: { icon: Undo2, tone: 'back' },
  restart: { icon: RotateCcw, tone: 'accent' },
  completion: { icon: CheckCheck, tone: 'accent' },
} as const satisfies Record<SloReport['steps'][number]['kind'], Look>;
const VOTES = {
  approve: { icon: ThumbsUp, tone: 'pass' },
  reject: { icon: ThumbsDown, tone: 'warn' },
} as const satisfies Record<SloReport['approvals'][number]['choice'], Look>;
const TRIGGERS = ['button', 'cli', 'api', 'slack', 'deadline', 'automatic', 'setup'] as const;
const ENDS = [
  'withdrawn',
  'replaced',
  'evidence_changed',
  'policy_changed',
  'expired',
  'phase_left',
] as const;

/** Who decided what on which ground: steps, votes and sign-offs of the period in one list. On paper always all of them. */
export function DecisionLog({ report, names }: { report: SloReport; names: SloNames }) {
  const t = useTranslations('slo');
  const [shown, setShown] = useState<'all' | 'overrides'>('all');
  const entries = decisionLogOf(report);
  const overrides = entries.filter(({ isOverride }) => isOverride).length;
  return (
    <Section
      id="slo-log"
      title={t('log')}
      aside={
        <span className="print:hidden">
          <Segmented
            label={t('logFilter')}
            value={shown}
            options={[
              { value: 'all', label: t('logAll', { count: entries.length }) },
              { value: 'overrides', label: t('logOverrides', { count: overrides }) },
            ]}
            onChange={setShown}
          />
        </span>
      }
    >
      <p className="px-4 pt-3 text-[13px] text-ink-2 sm:px-5">{t('logText')}</p>
      {entries.length === 0 ? (
        <p className="px-4 py-4 text-sm text-ink-2 sm:px-5">{t('logNone')}</p>
      ) : (
        <>
          {shown === 'overrides' && overrides === 0 ? (
            <p className="px-4 py-4 text-sm text-ink-2 sm:px-5 print:hidden">{t('logOverridesNone')}</p>
          ) : null}
          <ol className="divide-y divide-line text-sm">
            {entries.map((entry) => (
              <li
                key={`${entry.kind} ${idOf(entry)}`}
                className={cx(
                  'px-4 py-2.5 break-inside-avoid sm:px-5',
                  shown === 'overrides' && !entry.isOverride && 'hidden print:list-item',
                )}
              >
                <Entry entry={entry} names={names} />
              </li>
            ))}
          </ol>
        </>
      )}
    </Section>
  );
}

function idOf(entry: LogEntry): string {
  switch (entry.kind) {
    case 'step':
      return entry.step.id;
    case 'approval':
      return entry.approval.id;
    case 'sign_off':
      return entry.signOff.id;
  }
}

function Entry({ entry, names }: { entry: LogEntry; names: SloNames }) {
  switch (entry.kind) {
    case 'step':
      return <StepEntry step={entry.step} />;
    case 'approval':
      return <ApprovalEntry approval={entry.approval} names={names} />;
    case 'sign_off':
      return <SignOffEntry signOff={entry.signOff} names={names} />;
  }
}

function EntryFrame({
  look: { icon: Icon, tone },
  word,
  subject,
  at,
  marks,
  children,
}: {
  look: Look;
  word: string;
  subject: string;
  at: string;
  marks?: ReactNode;
  children: ReactNode;
}) {
  return (
    <>
      <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
        <Badge tone={tone} icon={<Icon aria-hidden className="size-3.5" />}>
          {word}
        </Badge>
        <span className="font-semibold">{subject}</span>
        {marks}
        <span className="ml-auto text-[13px] text-ink-2">
          <Instant at={at} style="minute" />
        </span>
      </div>
      <p className="mt-1 text-[13px] break-words text-ink-2">{children}</p>
    </>
  );
}

function StepEntry({ step }: { step: SloReport['steps'][number] }) {
  const t = useTranslations('slo');
  const words = useTranslations('rollout');
  const trigger = TRIGGERS.find((each) => each === step.trigger);
  return (
    <EntryFrame
      look={STEPS[step.kind]}
      word={words(`kind_${step.kind}`)}
      subject={step.fromPhase === null ? step.toPhase : `${step.fromPhase} → ${step.toPhase}`}
      at={step.at}
      marks={
        step.breakGlass ? (
          <Badge tone="warn" icon={<Siren aria-hidden className="size-3.5" />}>
            {t('breakGlass')}
          </Badge>
        ) : null
      }
    >
      <span className="text-ink">{step.actorName}</span>
      {trigger ? ` · ${words(`trigger_${trigger}`)}` : ''}
      {step.reason ? ` · ${step.reason}` : ''}
      {` · ${t(`proof_${step.proof}`)}`}
    </EntryFrame>
  );
}

function ApprovalEntry({ approval, names }: { approval: SloReport['approvals'][number]; names: SloNames }) {
  const t = useTranslations('slo');
  const { locale } = useReader();
  return (
    <EntryFrame
      look={VOTES[approval.choice]}
      word={t(approval.choice)}
      subject={`${t('phase')} ${approval.phase}`}
      at={approval.at}
      marks={<EndMark reason={approval.endReason} />}
    >
      <span className="text-ink">
        {t('asRole', {
          name: approval.personName,
          role: names.roles[approval.role]?.[locale] ?? approval.role,
        })}
      </span>
      {approval.comment ? ` · ${approval.comment}` : ''}
      {' · '}
      {approval.minutesUrl === null ? (
        t('noMinutes')
      ) : (
        <Source href={approval.minutesUrl} word={t('minutes')} />
      )}
    </EntryFrame>
  );
}

function SignOffEntry({ signOff, names }: { signOff: SloReport['signOffs'][number]; names: SloNames }) {
  const t = useTranslations('slo');
  const { locale } = useReader();
  return (
    <EntryFrame
      look={{ icon: Signature, tone: 'pass' }}
      word={t('signOff')}
      subject={`${t('phase')} ${signOff.phase} · ${t('panelOf', { panel: names.panels[signOff.panel]?.[locale] ?? signOff.panel })}`}
      at={signOff.at}
    >
      <span className="text-ink">
        {t('asRole', { name: signOff.personName, role: names.roles[signOff.role]?.[locale] ?? signOff.role })}
      </span>
      {signOff.comment ? ` · ${signOff.comment}` : ''}
      {signOff.link === null ? null : (
        <>
          {' · '}
          <Source href={signOff.link} word={t('evidence')} />
        </>
      )}
    </EntryFrame>
  );
}

function EndMark({ reason }: { reason: string | null }) {
  const t = useTranslations('slo');
  if (reason === null) return null;
  const end = ENDS.find((known) => known === reason);
  return <Badge tone="none">{t('ended', { why: end ? t(`end_${end}`) : reason })}</Badge>;
}

/** A link that on paper is its address. */
function Source({ href, word }: { href: string; word: string }) {
  return (
    <>
      <span className="print:hidden">
        <OutsideLink href={href}>{word}</OutsideLink>
      </span>
      <span className="hidden break-all print:inline">
        {word}: {href}
      </span>
    </>
  );
}
