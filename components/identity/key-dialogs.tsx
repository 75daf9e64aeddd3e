'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { CheckboxInput, Field, SelectInput, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { type ApiKeySummary, type ApiScope, PROGRAM_SCOPES, type ProgramScope } from '#lib/identity/index.ts';
import { addApiKey, addPersonalKey, revokeKey } from '#lib/queries/index.ts';

const PROGRAM_LIFETIMES_DAYS = [30, 90, 365] as const;
const PERSONAL_LIFETIMES_DAYS = [1, 7, 30] as const;

/** The part of a translation key that stands for a scope. */
export const SCOPE_TEXT = {
  'ingest:events': 'scope.ingest_events',
  'read:flags': 'scope.read_flags',
  'read:metrics': 'scope.read_metrics',
  'read:verdicts': 'scope.read_verdicts',
  'write:deployments': 'scope.write_deployments',
  'write:rollback': 'scope.write_rollback',
  'act:as-owner': 'scope.act_as_owner',
} as const satisfies Record<ApiScope, string>;

type DialogProps = { onClose: () => void; onSaved: () => void };

type NewKeyProps = DialogProps & {
  appUrl: string;
  /** The key acts as whoever makes it, for so many days at most; left out: as a program, with what it may do chosen. */
  personal?: { longestDays: number };
};

/** Makes a key; it is shown once, in place of the form, until the dialog is closed. */
export function NewKeyDialog({ appUrl, personal, onClose, onSaved }: NewKeyProps) {
  const t = useTranslations('admin');
  const own = useTranslations('account');
  const [name, setName] = useState('');
  const [scopes, setScopes] = useState<readonly ProgramScope[]>(['ingest:events']);
  const [days, setDays] = useState<number | null>(personal ? Math.min(30, personal.longestDays) : 90);
  const [scopesMissing, setScopesMissing] = useState(false);
  const lifetimes = personal
    ? [...PERSONAL_LIFETIMES_DAYS.filter((each) => each < personal.longestDays), personal.longestDays]
    : PROGRAM_LIFETIMES_DAYS;
  const sends = !personal && scopes.includes('ingest:events');

  async function make(): Promise<string> {
    const lifetime = days === null ? {} : { expiresInDays: days };
    const { key } = personal
      ? await addPersonalKey({ name, expiresInDays: days ?? personal.longestDays })
      : await addApiKey({ name, scopes: [...scopes], ...lifetime });
    onSaved();
    return key;
  }

  return (
    <ActDialog
      name={personal ? 'key.personal' : 'key.program'}
      subject={null}
      title={() => (personal ? own('addKey') : t('addKey'))}
      doneTitle={personal ? own('keyTitle') : t('keyTitle')}
      submit={{ label: personal ? own('addKey') : t('addKey') }}
      check={() => {
        const missing = !personal && scopes.length === 0;
        setScopesMissing(missing);
        return !missing;
      }}
      act={make}
      done={(key) => (
        <div>
          <Notice tone="warn" live title={t('keyText')} />
          <CodeBlock text={key} label={personal ? own('keyLabel') : t('keyLabel')} />
          {personal || sends ? (
            <div className="mt-5">
              <h3 className="text-sm font-medium">{personal ? own('keyUse') : t('keyUse')}</h3>
              <CodeBlock
                text={personal ? personalCommands(appUrl) : sendingCommand(appUrl, key)}
                label={personal ? own('keyUseLabel') : t('keyUseLabel')}
              />
            </div>
          ) : null}
        </div>
      )}
      closeLabel={t('done')}
      onClose={onClose}
    >
      {() => (
        <>
          <Field label={t('keyName')} hint={personal ? own('keyNameHint') : t('keyNameHint')} required>
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
          {personal ? null : (
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
                    setScopes(
                      event.target.checked ? [...scopes, scope] : scopes.filter((each) => each !== scope),
                    )
                  }
                />
              ))}
              {scopesMissing && scopes.length === 0 ? (
                <p role="alert" className="text-[13px] font-medium text-bad">
                  {t('scopesMissing')}
                </p>
              ) : null}
            </fieldset>
          )}
          <Field label={t('expires')}>
            {(control) => (
              <SelectInput
                {...control}
                value={days ?? ''}
                onChange={(event) => setDays(event.target.value === '' ? null : Number(event.target.value))}
              >
                {lifetimes.map((lifetime) => (
                  <option key={lifetime} value={lifetime}>
                    {t('expiresDays', { days: lifetime })}
                  </option>
                ))}
                {personal ? null : <option value="">{t('expiresNever')}</option>}
              </SelectInput>
            )}
          </Field>
        </>
      )}
    </ActDialog>
  );
}

function sendingCommand(appUrl: string, key: string): string {
  return [
    `curl -X POST ${appUrl}/api/v1/events \\`,
    `  -H 'Authorization: Bearer ${key}' \\`,
    `  -H 'Content-Type: application/x-ndjson' \\`,
    `  --data-binary @events.jsonl`,
  ].join('\n');
}

// The key itself goes into a file or a variable, never into the line: lines stay in histories.
function personalCommands(appUrl: string): string {
  return [
    'read -rs PHASEGATE_API_KEY && export PHASEGATE_API_KEY',
    `npx phasegate status --url ${appUrl}`,
  ].join('\n');
}

type RevokeProps = DialogProps & { apiKey: ApiKeySummary; revoke?: (keyId: string) => Promise<unknown> };

/** Asks once more before a key ends for good. */
export function RevokeKeyDialog({ apiKey, revoke = revokeKey, onClose, onSaved }: RevokeProps) {
  const t = useTranslations('admin');
  return (
    <ActDialog
      name={`revoke.${apiKey.id}`}
      subject={apiKey}
      title={({ name }) => t('revokeTitle', { name })}
      description={t('revokeText')}
      submit={{ label: t('revokeSubmit'), tone: 'danger' }}
      act={async ({ id }) => {
        await revoke(id);
        onSaved();
      }}
      done={() => null}
      onClose={onClose}
    >
      {({ prefix }) => <p className="font-mono text-[13px] text-ink-2">{prefix}…</p>}
    </ActDialog>
  );
}
