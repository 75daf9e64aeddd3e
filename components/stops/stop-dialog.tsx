'use client';

import { Check, X } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { useRolesText } from '#components/press/roles-hint.tsx';
import { cx } from '#components/ui/cx.ts';
import { Field, SelectInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { Attention } from '#lib/dashboard/index.ts';
import { formatInstant, formatSpan, zoneName } from '#lib/i18n/index.ts';
import { orderStop, type Stopped, type StopRequest } from '#lib/queries/index.ts';
import { EVERYTHING, isKillWord, KILL_WORD, STOP_KINDS, type StopKind } from '#lib/rollouts/index.ts';
import { KillWordField } from './kill-word-field.tsx';
import { STOP_LOOKS } from './stop-looks.tsx';
import { useScopeText } from './use-scope-text.ts';

const PRESETS = {
  kill: ['incident', 'unclear', 'request'],
  freeze: ['incident', 'deploy', 'request'],
  collection: ['maintenance', 'source'],
} as const satisfies Record<StopKind, readonly string[]>;
/** What a stop ends, and what it leaves as it is; each has its sentence. */
const EFFECTS = {
  kill: { stops: ['automatic', 'promotions', 'deadlines'], stays: ['flags', 'people', 'measuring'] },
  freeze: { stops: ['promotions', 'restarts'], stays: ['rollbacks', 'flags', 'measuring'] },
  collection: { stops: ['reading', 'verdicts'], stays: ['flags', 'people', 'telemetry'] },
} as const;
const HOUR_SECONDS = 3600;
/** How long a stop lasts that may end by itself; 0: until somebody ends it. */
const SPANS_SECONDS = [0, HOUR_SECONDS / 2, HOUR_SECONDS, 4 * HOUR_SECONDS, 24 * HOUR_SECONDS] as const;

type Draft = { kind: StopKind; scope: string; word: string; spanSeconds: number };

/** Stops what should not go on: says exactly what ends and what does not, and takes a typed word only for the kill switch. */
export function StopDialog({
  initialScope,
  attention,
  onClose,
}: {
  initialScope: string;
  attention: Attention;
  onClose: () => void;
}) {
  const t = useTranslations('stops');
  const [draft, setDraft] = useState<Draft>({ kind: 'kill', scope: initialScope, word: '', spanSeconds: 0 });
  const [wordWrong, setWordWrong] = useState(false);
  const scopeText = useScopeText(attention.rollouts);
  const rolesText = useRolesText();
  const { kind, word } = draft;
  const scope = kind === 'collection' ? EVERYTHING : draft.scope;
  const right = rightFor(attention, kind);
  const change = (part: Partial<Draft>) => {
    setDraft((before) => ({ ...before, ...part }));
    setWordWrong(false);
  };

  return (
    <ActDialog
      name={`stop.${initialScope}`}
      subject={attention}
      title={() => t(`title_${kind}`, { scope: scopeText(scope) })}
      submit={{
        label: t(`submit_${kind}`),
        tone: kind === 'kill' ? 'danger' : 'primary',
        blocked: right.allowed ? null : rolesText(right),
      }}
      reason={{ presets: PRESETS[kind].map((preset) => t(`preset_${preset}`)) }}
      check={() => {
        const wrong = kind === 'kill' && !isKillWord(word);
        setWordWrong(wrong);
        return !wrong;
      }}
      act={(_, { reason }) => orderStop(requestOf({ ...draft, scope }, reason, new Date()))}
      done={(stopped) => <StopReceipt kind={kind} stopped={stopped} attention={attention} />}
      roles={right.roles}
      onClose={onClose}
      after={
        <>
          {kind === 'kill' ? (
            <KillWordField value={word} wrong={wordWrong} onChange={(typed) => change({ word: typed })} />
          ) : null}
          <p className="text-sm">
            <Link
              href="/stops"
              className="inline-flex min-h-8 items-center text-accent underline underline-offset-2"
              onClick={onClose}
            >
              {t('toPage')}
            </Link>
          </p>
        </>
      }
    >
      {() => (
        <>
          <KindChoice value={kind} onChange={(next) => change({ kind: next })} />
          {kind === 'collection' ? null : (
            <Field label={t('scope')}>
              {(control) => (
                <SelectInput
                  {...control}
                  className="h-12 sm:h-10"
                  value={scope}
                  onChange={(event) => change({ scope: event.target.value })}
                >
                  <option value={EVERYTHING}>{t('everything')}</option>
                  {attention.rollouts.map(({ id }) => (
                    <option key={id} value={id}>
                      {scopeText(id)}
                    </option>
                  ))}
                </SelectInput>
              )}
            </Field>
          )}
          <Effects kind={kind} signers={attention.rearmSigners} reviewers={attention.reviewSigners} />
          {kind === 'kill' ? null : (
            <SpanChoice value={draft.spanSeconds} onChange={(spanSeconds) => change({ spanSeconds })} />
          )}
        </>
      )}
    </ActDialog>
  );
}

function rightFor({ rights }: Attention, kind: StopKind) {
  return kind === 'kill' ? rights.halt : kind === 'freeze' ? rights.freeze : rights.collection;
}

function requestOf({ kind, scope, spanSeconds }: Draft, reason: string, now: Date): StopRequest {
  const end = spanSeconds === 0 ? {} : { endsAt: new Date(now.getTime() + spanSeconds * 1000).toISOString() };
  switch (kind) {
    case 'kill':
      return { kind, scope, reason, confirm: KILL_WORD };
    case 'freeze':
      return { kind, scope, reason, ...end };
    case 'collection':
      return { kind, reason, ...end };
  }
}

function KindChoice({ value, onChange }: { value: StopKind; onChange: (kind: StopKind) => void }) {
  const t = useTranslations('stops');
  return (
    <fieldset className="grid gap-2 sm:grid-cols-3">
      <legend className="mb-2 text-sm font-medium">{t('what')}</legend>
      {STOP_KINDS.map((kind) => {
        const { icon: Icon, ink } = STOP_LOOKS[kind];
        return (
          <button
            key={kind}
            type="button"
            aria-pressed={kind === value}
            onClick={() => onChange(kind)}
            className={cx(
              'flex min-h-12 items-center gap-2.5 rounded-md border px-3 py-2 text-left text-sm',
              kind === value
                ? 'border-accent bg-accent-soft font-semibold'
                : 'border-line-strong hover:bg-sunken',
            )}
          >
            <Icon aria-hidden className={cx('size-5 shrink-0', ink)} />
            {t(`kind_${kind}`)}
          </button>
        );
      })}
    </fieldset>
  );
}

function Effects({ kind, signers, reviewers }: { kind: StopKind; signers: number; reviewers: number }) {
  const t = useTranslations('stops');
  const { stops, stays } = EFFECTS[kind];
  return (
    <div className="grid gap-3 rounded-md border border-line p-3 text-sm sm:grid-cols-2 sm:p-4">
      <div>
        <p className="font-medium">{t('stopsList')}</p>
        <ul className="mt-1.5 grid gap-1.5">
          {stops.map((effect) => (
            <li key={effect} className="flex items-start gap-2">
              <X aria-hidden className="mt-0.5 size-4 shrink-0 text-bad" />
              {t(`effect_${kind}_${effect}`)}
            </li>
          ))}
        </ul>
      </div>
      <div>
        <p className="font-medium">{t('staysList')}</p>
        <ul className="mt-1.5 grid gap-1.5">
          {stays.map((effect) => (
            <li key={effect} className="flex items-start gap-2">
              <Check aria-hidden className="mt-0.5 size-4 shrink-0 text-pass" />
              {t(`effect_${kind}_${effect}`)}
            </li>
          ))}
        </ul>
      </div>
      <p className="text-ink-2 sm:col-span-2">{t(`after_${kind}`, { signers, reviewers })}</p>
    </div>
  );
}

function SpanChoice({ value, onChange }: { value: number; onChange: (spanSeconds: number) => void }) {
  const t = useTranslations('stops');
  const { locale } = useReader();
  return (
    <Field label={t('span')}>
      {(control) => (
        <SelectInput
          {...control}
          className="h-12 sm:h-10"
          value={String(value)}
          onChange={(event) => onChange(Number(event.target.value))}
        >
          {SPANS_SECONDS.map((seconds) => (
            <option key={seconds} value={seconds}>
              {seconds === 0 ? t('spanOpen') : t('spanFor', { span: formatSpan(seconds, locale) })}
            </option>
          ))}
        </SelectInput>
      )}
    </Field>
  );
}

function StopReceipt({
  kind,
  stopped,
  attention,
}: {
  kind: StopKind;
  stopped: Stopped;
  attention: Attention;
}) {
  const t = useTranslations('stops');
  const { locale, zone } = useReader();
  const scopeText = useScopeText(attention.rollouts);
  const at = `${formatInstant(stopped.stop.orderedAt, 'clock', locale, zone)} ${zoneName(zone)}`;
  if (stopped.outcome === 'joined')
    return (
      <Notice tone="info" live title={t(`joined_${kind}`)}>
        {t('joinedBy', { name: stopped.stop.personName, at })}
      </Notice>
    );
  return (
    <Notice tone={kind === 'kill' ? 'warn' : 'info'} live title={t(`ordered_${kind}`)}>
      <p>{t('orderedAt', { at })}</p>
      {stopped.halted.length > 0 ? (
        <p>{t('halted', { rollouts: stopped.halted.map(scopeText).join(' · ') })}</p>
      ) : null}
    </Notice>
  );
}
