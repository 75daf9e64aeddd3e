'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, CircleDashed, type LucideIcon, X } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { PressFailure } from '#components/press/press-failure.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { cx } from '#components/ui/cx.ts';
import { Field, TextInput } from '#components/ui/field.tsx';
import type { ChecklistItemView, ChecklistView, PolicyNames } from '#lib/dashboard/index.ts';
import { formatInstant, zoneName } from '#lib/i18n/index.ts';
import { answerChecklist, queryKeys } from '#lib/queries/index.ts';

const LOOKS = {
  yes: { icon: Check, ink: 'text-pass' },
  no: { icon: X, ink: 'text-bad' },
  open: { icon: CircleDashed, ink: 'text-ink-3' },
} as const satisfies Record<string, { icon: LucideIcon; ink: string }>;

const SHORTEST_REASON = 3;

type Place = { rolloutId: string; version: number; names: PolicyNames };

/** A checklist, item by item: the system's answers with their evidence, people's with name and comment (PHA-7). */
export function ChecklistItems({ checklist, ...place }: Place & { checklist: ChecklistView }) {
  return (
    <ul className="mt-2 grid gap-2 border-l-2 border-line pl-3">
      {checklist.items.map((item) => (
        <Item key={item.id} {...place} list={checklist.list} item={item} />
      ))}
    </ul>
  );
}

function Item({ list, item, ...place }: Place & { list: string; item: ChecklistItemView }) {
  const t = useTranslations('checklistItem');
  const { locale } = useReader();
  const [answering, setAnswering] = useState(false);
  const evidence = useEvidence()(item);
  const { icon: Icon, ink } = LOOKS[item.answer ?? 'open'];
  const by = useBy()(item);
  return (
    <li className="grid grid-cols-[1rem_minmax(0,1fr)] gap-x-2 text-[13px]" data-item={item.id}>
      <Icon aria-hidden className={cx('mt-1 size-4', ink)} />
      <div className="min-w-0">
        <p className="flex flex-wrap items-center gap-x-2">
          <span>{item.label[locale]}</span>
          <span className={cx('font-medium', ink)}>{t(`answer_${item.answer ?? 'open'}`)}</span>
          {item.by === 'system' ? <Badge className="h-5 text-xs">{t('system')}</Badge> : null}
        </p>
        {evidence ? <p className="text-ink-2">{evidence}</p> : null}
        {by ? <p className="break-words text-ink-2">{by}</p> : null}
        {item.by === 'person' && item.answer === null && !item.mayAnswer && item.role ? (
          <p className="text-ink-2">
            {t('waitsFor', { role: place.names.roles[item.role]?.[locale] ?? item.role })}
          </p>
        ) : null}
        {item.mayAnswer && !answering && item.answer !== null ? (
          <Button
            size="sm"
            tone="quiet"
            className="mt-1 -ml-2 max-sm:h-11"
            onClick={() => setAnswering(true)}
          >
            {t('change')}
          </Button>
        ) : null}
        {item.mayAnswer && (answering || item.answer === null) ? (
          <AnswerForm {...place} list={list} item={item} onDone={() => setAnswering(false)} />
        ) : null}
      </div>
    </li>
  );
}

function useBy(): (item: ChecklistItemView) => string | null {
  const t = useTranslations('checklistItem');
  const { locale, zone } = useReader();
  return ({ personName, givenAt, comment, roleLost }) => {
    if (personName === null || givenAt === null) return null;
    const by = t('by', {
      name: personName,
      at: `${formatInstant(givenAt, 'dayTime', locale, zone)} ${zoneName(zone)}`,
    });
    return [by, comment, roleLost ? t('roleLost') : null].filter(Boolean).join(' · ');
  };
}

function useEvidence(): (item: ChecklistItemView) => string | null {
  const t = useTranslations('checklistItem');
  const app = useTranslations('app');
  const { locale, zone } = useReader();
  return ({ check, evidence }) => {
    if (evidence === null) return null;
    const at = evidence.at
      ? `${formatInstant(evidence.at, 'dayTime', locale, zone)} ${zoneName(zone)}`
      : app('none');
    const count = evidence.count ?? 0;
    switch (check) {
      case 'objectives_measured':
        return t('evidence_objectives_measured', { count, at });
      case 'telemetry_valid':
        return t('evidence_telemetry_valid', { count, at });
      case 'objectives_met':
        return t('evidence_objectives_met', { at });
      case 'canary_planned':
        return evidence.at ? t('evidence_canary_planned', { at }) : t('evidence_canary_planned_none');
      default:
        return null;
    }
  };
}

function AnswerForm({
  rolloutId,
  version,
  list,
  item,
  onDone,
}: Place & { list: string; item: ChecklistItemView; onDone: () => void }) {
  const t = useTranslations('checklistItem');
  const { locale } = useReader();
  const client = useQueryClient();
  const [comment, setComment] = useState('');
  const [missing, setMissing] = useState(false);
  const press = useMutation({
    mutationFn: (answer: 'yes' | 'no') =>
      answerChecklist(rolloutId, {
        list,
        item: item.id,
        answer,
        comment: comment.trim(),
        rolloutVersion: version,
      }),
    onSuccess: onDone,
    onSettled: () => client.invalidateQueries({ queryKey: queryKeys.rollout(rolloutId) }),
  });
  const give = (answer: 'yes' | 'no') => {
    if (answer === 'no' && comment.trim().length < SHORTEST_REASON) return setMissing(true);
    press.mutate(answer);
  };
  return (
    <fieldset className="mt-1 grid gap-2">
      <legend className="sr-only">{item.label[locale]}</legend>
      <Field label={t('comment')} error={missing ? t('commentMissing') : undefined}>
        {(control) => (
          <TextInput
            {...control}
            maxLength={2000}
            value={comment}
            onChange={(event) => {
              setComment(event.target.value);
              setMissing(false);
            }}
          />
        )}
      </Field>
      <div className="flex gap-2">
        {(['yes', 'no'] as const).map((answer) => (
          <Button
            key={answer}
            size="sm"
            className="max-sm:h-11 max-sm:flex-1"
            disabled={press.isPending}
            onClick={() => give(answer)}
          >
            {press.isPending && press.variables === answer ? t('saving') : t(`answer_${answer}`)}
          </Button>
        ))}
      </div>
      {press.error ? <PressFailure error={press.error} /> : null}
    </fieldset>
  );
}
