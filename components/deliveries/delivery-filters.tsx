'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field, SelectInput } from '#components/ui/field.tsx';
import { DELIVERY_STATES, type DeliveryFilter, type DeliveryList } from '#lib/dashboard/index.ts';
import { LEVELS } from '#lib/outbox/index.ts';
import type { FilterName } from './delivery-filter.ts';

/** What to narrow the list down to. */
export function DeliveryFilters({
  filter,
  list,
  choose,
  clear,
}: {
  filter: DeliveryFilter;
  list: Pick<DeliveryList, 'channels' | 'rollouts' | 'incidents'>;
  choose: (name: FilterName, value: string) => void;
  clear: () => void;
}) {
  const t = useTranslations('delivery');
  const { locale } = useReader();
  const fields: { name: FilterName; label: string; options: { value: string; label: string }[] }[] = [
    {
      name: 'state',
      label: t('state'),
      options: DELIVERY_STATES.map((value) => ({ value, label: t(`state_${value}`) })),
    },
    {
      name: 'channel',
      label: t('channel'),
      options: [
        ...list.channels.map(({ channel, name }) => ({ value: channel, label: name })),
        { value: 'log', label: t('log') },
      ],
    },
    {
      name: 'level',
      label: t('level'),
      options: LEVELS.map((value) => ({ value, label: t(`level_${value}`) })),
    },
    {
      name: 'rollout',
      label: t('rollout'),
      options: list.rollouts.map(({ id, label }) => ({ value: id, label: label[locale] })),
    },
    {
      name: 'incident',
      label: t('incident'),
      options: list.incidents.map(({ id, key }) => ({ value: id, label: key })),
    },
  ];
  return (
    <search aria-label={t('filter')} className="grid grid-cols-2 items-end gap-3 md:flex md:flex-wrap">
      {fields.map(({ name, label, options }) => (
        <Field key={name} label={label} className="md:w-48">
          {(control) => (
            <SelectInput
              {...control}
              value={filter[name] ?? ''}
              onChange={(event) => choose(name, event.target.value)}
            >
              <option value="">{t('all')}</option>
              {options.map((option) => (
                <option key={option.value} value={option.value}>
                  {option.label}
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
      ))}
      {Object.keys(filter).length > 0 ? (
        <Button tone="quiet" className="max-md:col-span-2" onClick={clear}>
          {t('clear')}
        </Button>
      ) : null}
    </search>
  );
}
