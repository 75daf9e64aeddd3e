'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { Button } from '#components/ui/button.tsx';
import { Field, SelectInput, TextInput } from '#components/ui/field.tsx';
import { zoneName } from '#lib/i18n/index.ts';
import type { ChosenFilter, FilterName } from './audit-filter.ts';
import { useActionName } from './use-action-name.ts';

/** What to narrow the trail down to: written, then pressed. */
export function AuditFilters({
  chosen,
  actions,
  choose,
  clear,
}: {
  chosen: ChosenFilter;
  actions: readonly string[];
  choose: (read: (name: FilterName) => string | null) => void;
  clear: () => void;
}) {
  const t = useTranslations('audit');
  const actionName = useActionName();
  const { zone } = useReader();
  const words = { zone: zoneName(zone) };
  const texts: { name: FilterName; label: string; hint?: string; type?: string }[] = [
    { name: 'actor', label: t('actor') },
    { name: 'subject', label: t('subject'), hint: t('subjectHint') },
    { name: 'text', label: t('text') },
    { name: 'from', label: t('from', words), type: 'date' },
    { name: 'to', label: t('to', words), type: 'date' },
  ];
  // An action of the address that is not on record yet can be kept, too.
  const options = [...new Set([...actions, ...(chosen.action === undefined ? [] : [chosen.action])])];
  return (
    <search aria-label={t('filter')}>
      <form
        key={JSON.stringify(chosen)}
        action="/audit"
        className="grid grid-cols-2 items-start gap-3 sm:grid-cols-[repeat(auto-fill,minmax(13rem,1fr))]"
        onSubmit={(event) => {
          event.preventDefault();
          const form = new FormData(event.currentTarget);
          choose((name) => {
            const value = form.get(name);
            return typeof value === 'string' ? value : null;
          });
        }}
      >
        <Field label={t('action')} className="min-w-0">
          {(control) => (
            <SelectInput {...control} name="action" defaultValue={chosen.action ?? ''}>
              <option value="">{t('anyAction')}</option>
              {options.map((action) => (
                <option key={action} value={action}>
                  {actionName(action)}
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
        {texts.map(({ name, label, hint, type }) => (
          <Field key={name} label={label} hint={hint} className="min-w-0">
            {(control) => (
              <TextInput
                {...control}
                name={name}
                type={type ?? 'text'}
                className="min-w-0"
                maxLength={type ? undefined : 200}
                defaultValue={chosen[name] ?? ''}
              />
            )}
          </Field>
        ))}
        <div className="flex flex-wrap gap-2 self-end max-sm:col-span-2 max-sm:[&>button]:h-11 max-sm:[&>button]:flex-1">
          <Button type="submit" tone="primary">
            {t('apply')}
          </Button>
          {Object.keys(chosen).length > 0 ? (
            <Button tone="quiet" onClick={clear}>
              {t('clear')}
            </Button>
          ) : null}
        </div>
      </form>
    </search>
  );
}
