'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, SelectInput, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { addPersonalKey } from '#lib/queries/index.ts';
import { FailureNotice } from './failure-notice.tsx';

const LIFETIMES_DAYS = [1, 7, 30] as const;

type DialogProps = { longestDays: number; appUrl: string; onClose: () => void; onSaved: () => void };

/** Makes a key that acts as whoever asks; it is shown in place of the form until the dialog is closed. */
export function NewPersonalKeyDialog({ longestDays, appUrl, onClose, onSaved }: DialogProps) {
  const t = useTranslations('account');
  const shared = useTranslations('admin');
  const formId = useId();
  const [name, setName] = useState('');
  const [days, setDays] = useState(Math.min(30, longestDays));
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [key, setKey] = useState<string | null>(null);
  const lifetimes = [...LIFETIMES_DAYS.filter((each) => each < longestDays), longestDays];

  async function make() {
    setPending(true);
    setFailure(null);
    try {
      setKey((await addPersonalKey({ name, expiresInDays: days })).key);
      onSaved();
    } catch (error) {
      setFailure(error);
    }
    setPending(false);
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    void make();
  }

  if (key !== null) {
    return (
      <Dialog
        open
        onOpenChange={onClose}
        title={t('keyTitle')}
        closeLabel={shared('done')}
        footer={
          <Button tone="primary" onClick={onClose}>
            {shared('done')}
          </Button>
        }
      >
        <Notice tone="warn" live title={shared('keyText')} />
        <CodeBlock text={key} label={t('keyLabel')} />
        <div className="mt-5">
          <h3 className="text-sm font-medium">{t('keyUse')}</h3>
          <CodeBlock text={exampleCommands(appUrl)} label={t('keyUseLabel')} />
        </div>
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('addKey')}
      closeLabel={shared('cancel')}
      footer={
        <>
          <Button onClick={onClose}>{shared('cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" disabled={pending}>
            {shared(pending ? 'adding' : 'add')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={onSubmit} className="grid gap-5">
        {failure ? <FailureNotice title={shared('failed')} error={failure} /> : null}
        <Field label={shared('keyName')} hint={t('keyNameHint')} required>
          {(control) => (
            <TextInput
              {...control}
              maxLength={120}
              autoComplete="off"
              value={name}
              onChange={(event) => setName(event.target.value)}
            />
          )}
        </Field>
        <Field label={shared('expires')}>
          {(control) => (
            <SelectInput {...control} value={days} onChange={(event) => setDays(Number(event.target.value))}>
              {lifetimes.map((lifetime) => (
                <option key={lifetime} value={lifetime}>
                  {shared('expiresDays', { days: lifetime })}
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
      </form>
    </Dialog>
  );
}

// The key itself goes into a file or a variable, never into the line: lines stay in histories.
function exampleCommands(appUrl: string): string {
  return [
    'read -rs PHASEGATE_API_KEY && export PHASEGATE_API_KEY',
    `npx phasegate status --url ${appUrl}`,
  ].join('\n');
}
