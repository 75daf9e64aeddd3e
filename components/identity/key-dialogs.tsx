'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, useId, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { CheckboxInput, Field, SelectInput, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { type ApiKeySummary, type ApiScope, PROGRAM_SCOPES, type ProgramScope } from '#lib/identity/index.ts';
import { addApiKey, revokeKey } from '#lib/queries/index.ts';
import { FailureNotice } from './failure-notice.tsx';

const LIFETIMES_DAYS = [30, 90, 365] as const;

/** The part of a translation key that stands for a scope. */
export const SCOPE_TEXT = {
  'ingest:events': 'scope.ingest_events',
  'read:flags': 'scope.read_flags',
  'read:metrics': 'scope.read_metrics',
  'read:verdicts': 'scope.read_verdicts',
  'write:rollback': 'scope.write_rollback',
  'act:as-owner': 'scope.act_as_owner',
} as const satisfies Record<ApiScope, string>;

type DialogProps = { onClose: () => void; onSaved: () => void };

/** Makes a key; it is shown in place of the form until the dialog is closed. */
export function NewKeyDialog({ appUrl, onClose, onSaved }: DialogProps & { appUrl: string }) {
  const t = useTranslations('admin');
  const formId = useId();
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly ProgramScope[]>(['ingest:events']);
  const [days, setDays] = useState<number | null>(90);
  const [scopesMissing, setScopesMissing] = useState(false);
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [key, setKey] = useState<string | null>(null);

  async function make() {
    setPending(true);
    setFailure(null);
    try {
      const lifetime = days === null ? {} : { expiresInDays: days };
      setKey((await addApiKey({ name, scopes: [...scopes], ...lifetime })).key);
      onSaved();
    } catch (error) {
      setFailure(error);
    }
    setPending(false);
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    setScopesMissing(scopes.length === 0);
    if (scopes.length > 0) void make();
  }

  if (key !== null) {
    return (
      <Dialog
        open
        onOpenChange={onClose}
        title={t('keyTitle')}
        closeLabel={t('done')}
        footer={
          <Button tone="primary" onClick={onClose}>
            {t('done')}
          </Button>
        }
      >
        <Notice tone="warn" live title={t('keyText')} />
        <CodeBlock text={key} label={t('keyLabel')} />
        {scopes.includes('ingest:events') ? (
          <div className="mt-5">
            <h3 className="text-sm font-medium">{t('keyUse')}</h3>
            <CodeBlock text={exampleCommand(appUrl, key)} label={t('keyUseLabel')} />
          </div>
        ) : null}
      </Dialog>
    );
  }
  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('addKey')}
      closeLabel={t('cancel')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button type="submit" form={formId} tone="primary" disabled={pending}>
            {t(pending ? 'adding' : 'addKey')}
          </Button>
        </>
      }
    >
      <form id={formId} onSubmit={onSubmit} className="grid gap-5">
        {failure ? <FailureNotice title={t('failed')} error={failure} /> : null}
        <Field label={t('keyName')} hint={t('keyNameHint')} required>
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
        <fieldset className="grid gap-1">
          <legend className="text-sm font-medium">{t('scopes')}</legend>
          {PROGRAM_SCOPES.map((scope) => (
            <CheckboxInput
              key={scope}
              label={
                <>
                  {t(SCOPE_TEXT[scope])}{' '}
                  <code className="ml-1 font-mono text-[13px] text-ink-2">{scope}</code>
                </>
              }
              checked={scopes.includes(scope)}
              onChange={(event) =>
                setScopes(event.target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope))
              }
            />
          ))}
          {scopesMissing && scopes.length === 0 ? (
            <p role="alert" className="text-[13px] font-medium text-bad">
              {t('scopesMissing')}
            </p>
          ) : null}
        </fieldset>
        <Field label={t('expires')}>
          {(control) => (
            <SelectInput
              {...control}
              value={days ?? ''}
              onChange={(event) => setDays(event.target.value === '' ? null : Number(event.target.value))}
            >
              {LIFETIMES_DAYS.map((lifetime) => (
                <option key={lifetime} value={lifetime}>
                  {t('expiresDays', { days: lifetime })}
                </option>
              ))}
              <option value="">{t('expiresNever')}</option>
            </SelectInput>
          )}
        </Field>
      </form>
    </Dialog>
  );
}

function exampleCommand(appUrl: string, key: string): string {
  return [
    `curl -X POST ${appUrl}/api/v1/events \\`,
    `  -H 'Authorization: Bearer ${key}' \\`,
    `  -H 'Content-Type: application/x-ndjson' \\`,
    `  --data-binary @events.jsonl`,
  ].join('\n');
}

type RevokeProps = DialogProps & { apiKey: ApiKeySummary; revoke?: (keyId: string) => Promise<unknown> };

/** Asks once more before a key ends for good. */
export function RevokeKeyDialog({ apiKey, revoke = revokeKey, onClose, onSaved }: RevokeProps) {
  const t = useTranslations('admin');
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function end() {
    setPending(true);
    setFailure(null);
    try {
      await revoke(apiKey.id);
      onSaved();
      onClose();
    } catch (error) {
      setFailure(error);
      setPending(false);
    }
  }

  return (
    <Dialog
      open
      onOpenChange={onClose}
      title={t('revokeTitle', { name: apiKey.name })}
      closeLabel={t('cancel')}
      footer={
        <>
          <Button onClick={onClose}>{t('cancel')}</Button>
          <Button tone="danger" disabled={pending} onClick={() => void end()}>
            {t(pending ? 'revoking' : 'revokeSubmit')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4 text-sm">
        {failure ? <FailureNotice title={t('failed')} error={failure} /> : null}
        <p>{t('revokeText')}</p>
        <p className="font-mono text-[13px] text-ink-2">{apiKey.prefix}…</p>
      </div>
    </Dialog>
  );
}
