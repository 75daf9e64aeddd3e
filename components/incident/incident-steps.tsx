'use client';

import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { useRolesText } from '#components/press/roles-hint.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { Words } from '#components/ui/words.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';
import { StepChecks } from './step-checks.tsx';
import { StepDeadline } from './step-deadline.tsx';
import { STEP_LOOKS, type Step } from './step-looks.ts';

/** The five steps in their order, what holds each, and what to do (INC-1, INC-2). */
export function IncidentSteps({ page, comment }: { page: IncidentPage; comment: (step: Step) => void }) {
  const t = useTranslations('incidentPage');
  const rolesText = useRolesText();
  const { steps, incident } = page.detail;
  const done = steps.filter(({ state }) => state === 'done').length;
  const current = steps.find(({ state }) => state !== 'done')?.step;
  const { handle } = page.rights;
  return (
    <Section
      id="steps"
      title={t('steps')}
      aside={
        <span className="text-[13px] tabular-nums text-ink-2">
          {t('stepCount', { done, all: steps.length })}
        </span>
      }
    >
      <ol className="divide-y divide-line">
        {steps.map((step, index) => (
          <StepItem
            key={step.step}
            step={step}
            place={index + 1}
            current={step.step === current}
            evidence={page.evidence[step.step] ?? {}}
            command={rollbackCommand(page)}
            comment={incident.state === 'open' && handle.allowed ? () => comment(step) : null}
          />
        ))}
      </ol>
      {incident.state === 'open' && !handle.allowed ? (
        <p className="border-t border-line px-4 py-3 text-[13px] text-ink-2 sm:px-5">
          {t('toHandle')} {rolesText(handle)}
        </p>
      ) : null}
    </Section>
  );
}

function StepItem({
  step,
  place,
  current,
  evidence,
  command,
  comment,
}: {
  step: Step;
  place: number;
  current: boolean;
  evidence: IncidentPage['evidence'][string];
  /** The command that goes back, where the phase to go back to is known. */
  command: string | null;
  comment: (() => void) | null;
}) {
  const t = useTranslations('incidentPage');
  const { icon: Icon, tone, ink } = STEP_LOOKS[step.state];
  return (
    <li
      id={`step-${step.step}`}
      data-step={step.step}
      aria-current={current ? 'step' : undefined}
      className="grid gap-x-8 gap-y-3 px-4 py-4 sm:px-5 lg:grid-cols-[minmax(0,3fr)_minmax(0,2fr)]"
    >
      <div className="flex min-w-0 gap-3">
        <Icon aria-hidden className={`mt-0.5 size-5 shrink-0 ${ink}`} />
        <div className="min-w-0 flex-1">
          <div className="flex flex-wrap items-center gap-x-3 gap-y-1">
            <h3 className="font-semibold">
              <span className="tabular-nums text-ink-2">{place}.</span> {t(`step_${step.step}`)}
            </h3>
            <Badge tone={tone}>{t(`stepState_${step.state}`)}</Badge>
          </div>
          <StepDeadline step={step} />
          {step.doneAt ? (
            <p className="mt-1 text-[13px] text-ink-2">
              {t.rich('doneBy', {
                name: step.doneByName ?? '—',
                at: () => <Instant at={step.doneAt ?? ''} />,
              })}
            </p>
          ) : null}
          <StepChecks step={step} />
          <Evidence evidence={evidence} />
          {step.comment ? (
            <p className="mt-2 border-l-2 border-line-strong pl-3 text-sm break-words whitespace-pre-line">
              <span className="sr-only">{t('comment')}: </span>
              <Words>{step.comment}</Words>
            </p>
          ) : null}
          {comment ? (
            <Button
              size="sm"
              className="mt-3 max-sm:h-11"
              aria-label={t('commentOn', { step: t(`step_${step.step}`) })}
              onClick={comment}
            >
              {t('toComment')}
            </Button>
          ) : null}
        </div>
      </div>
      <details open={current} className="text-sm text-ink-2 max-lg:pl-8">
        <summary className="cursor-pointer font-medium text-ink">{t('runbook')}</summary>
        <p className="mt-1.5 max-w-prose whitespace-pre-line">{t(`runbook_${step.step}`)}</p>
        {step.step === 'rollback' && command ? (
          <code className="mt-1.5 block font-mono text-xs break-all text-ink">{command}</code>
        ) : null}
      </details>
    </li>
  );
}

/** As the newest request asks for it. */
function rollbackCommand({ detail: { incident, timeline } }: IncidentPage): string | null {
  const to = timeline.findLast(({ kind }) => kind === 'request')?.details.to;
  return typeof to === 'string'
    ? `npm run flags:rollback -- --rollout ${incident.rolloutId} --phase ${to}`
    : null;
}

const SHORT_ID = 13;

/** What the record keeps as proof: ids, exit codes, files. */
function Evidence({ evidence }: { evidence: IncidentPage['evidence'][string] }) {
  const t = useTranslations('incidentPage');
  // What is on record may be of an older version: its name is looked for before it is used.
  const known = (key: string, otherwise: string): string =>
    t.has(key as Parameters<typeof t.has>[0]) ? t(key as Parameters<typeof t>[0]) : otherwise;
  const wordOf = (name: string, text: string): string => {
    if (name === 'decision') return known(`decision_${text}`, text);
    if (name === 'pagerduty')
      return text === 'not_called' ? t('notCalled') : known(`pagerDuty_${text}`, text);
    return /^[0-9a-f]{8}-/.test(text) ? text.slice(0, SHORT_ID) : text;
  };
  const parts = Object.entries(evidence).flatMap(([name, value]) => {
    const texts = (Array.isArray(value) ? value : [value]).flatMap((each) =>
      typeof each === 'string' || typeof each === 'number' || typeof each === 'boolean' ? [String(each)] : [],
    );
    return texts.length === 0 ? [] : [{ name, texts }];
  });
  if (parts.length === 0) return null;
  return (
    <dl aria-label={t('evidence')} className="mt-2 flex flex-wrap gap-x-4 gap-y-0.5 text-[13px] text-ink-2">
      {parts.map(({ name, texts }) => (
        <div key={name} className="flex min-w-0 flex-wrap gap-x-1.5">
          <dt>{known(`evidence_${name}`, name)}:</dt>
          {texts.map((text) => (
            <dd key={text} title={text} className="break-all text-ink">
              {wordOf(name, text)}
            </dd>
          ))}
        </div>
      ))}
    </dl>
  );
}
