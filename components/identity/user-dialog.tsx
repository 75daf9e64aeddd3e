'use client';

import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { CheckboxInput, Field, SelectInput, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { isSlackUserId, PASSWORD_MIN_LENGTH, type UserSummary } from '#lib/identity/index.ts';
import { addUser, changeUser, linkSlack } from '#lib/queries/index.ts';

export type RoleChoice = { id: string; label: string };

type UserDialogProps = {
  /** Who is changed; null adds somebody. */
  user: UserSummary | null;
  roles: readonly RoleChoice[];
  onClose: () => void;
  onSaved: () => void;
};

type PasswordMode = 'keep' | 'generate' | 'set';

/** Adds or changes a person; a made-up password is shown in place of the form until the dialog is closed. */
export function UserDialog({ user, roles, onClose, onSaved }: UserDialogProps) {
  const t = useTranslations('admin');
  const [name, setName] = useState(user?.name ?? '');
  const [email, setEmail] = useState(user?.email ?? '');
  const [held, setHeld] = useState<readonly string[]>(user?.roles ?? []);
  const [disabled, setDisabled] = useState(user !== null && user.disabledAt !== null);
  const [mode, setMode] = useState<PasswordMode>(user ? 'keep' : 'generate');
  const [password, setPassword] = useState('');
  const [rolesMissing, setRolesMissing] = useState(false);
  const [slack, setSlack] = useState(user?.slackUserId ?? '');
  const [slackWrong, setSlackWrong] = useState(false);
  const rolesId = useId();

  async function save() {
    // Slack first: it is what may be refused, and a password that was made up must not be lost to that.
    const slackUserId = slack.trim() === '' ? null : slack.trim();
    if (user && slackUserId !== user.slackUserId) await linkSlack(user.id, slackUserId);
    const answer = user ? await changeUser(user.id, changes(user)) : await addUser(newUser());
    onSaved();
    return answer.oneTimePassword;
  }

  function newUser() {
    return { email, name, roles: [...held], ...(mode === 'set' ? { password } : {}) };
  }

  function changes(before: UserSummary): Parameters<typeof changeUser>[1] {
    const sameRoles =
      held.length === before.roles.length && held.every((role) => before.roles.includes(role));
    return {
      name,
      ...(sameRoles ? {} : { roles: [...held] }),
      ...(disabled === (before.disabledAt !== null) ? {} : { disabled }),
      ...(mode === 'keep' ? {} : { password: mode === 'generate' ? 'generate' : password }),
    };
  }

  return (
    <ActDialog
      name={`person.${user?.id ?? 'new'}`}
      subject={user}
      title={(shown) => (shown ? t('editTitle', { name: shown.name }) : t('addTitle'))}
      doneTitle={t('oneTimeTitle', { name })}
      submit={{ label: user ? t('save') : t('addPerson') }}
      check={() => {
        const slackFits = slack.trim() === '' || isSlackUserId(slack.trim());
        setRolesMissing(held.length === 0);
        setSlackWrong(!slackFits);
        return held.length > 0 && slackFits;
      }}
      act={save}
      done={(oneTimePassword) =>
        oneTimePassword === null ? null : (
          <div>
            <Notice tone="warn" live title={t('oneTimeText')} />
            <CodeBlock text={oneTimePassword} label={t('oneTimeLabel')} />
          </div>
        )
      }
      closeLabel={t('done')}
      onClose={onClose}
    >
      {() => (
        <>
          <Field label={t('name')} required>
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
          {user ? null : (
            <Field label={t('email')} required>
              {(control) => (
                <TextInput
                  {...control}
                  type="email"
                  autoComplete="off"
                  value={email}
                  onChange={(event) => setEmail(event.target.value)}
                />
              )}
            </Field>
          )}
          <fieldset className="grid gap-1" aria-describedby={`${rolesId}-roles`}>
            <legend className="text-sm font-medium">{t('roles')}</legend>
            <p id={`${rolesId}-roles`} className="text-[13px] text-ink-2">
              {t('rolesHint')}
            </p>
            <div className="grid gap-x-4 min-[400px]:grid-cols-2">
              {roles.map((role) => (
                <CheckboxInput
                  key={role.id}
                  label={role.label}
                  checked={held.includes(role.id)}
                  onChange={(event) =>
                    setHeld(
                      event.target.checked ? [...held, role.id] : held.filter((each) => each !== role.id),
                    )
                  }
                />
              ))}
            </div>
            {rolesMissing && held.length === 0 ? (
              <p role="alert" className="text-[13px] font-medium text-bad">
                {t('rolesMissing')}
              </p>
            ) : null}
          </fieldset>
          <Field label={t('passwordMode')} hint={user ? t('newPasswordHint') : undefined}>
            {(control) => (
              <SelectInput
                {...control}
                value={mode}
                onChange={(event) => {
                  const chosen = (['keep', 'generate', 'set'] as const).find(
                    (each) => each === event.target.value,
                  );
                  if (chosen) setMode(chosen);
                }}
              >
                {user ? <option value="keep">{t('passwordKeep')}</option> : null}
                <option value="generate">{t('passwordGenerate')}</option>
                <option value="set">{t('passwordSet')}</option>
              </SelectInput>
            )}
          </Field>
          {mode === 'set' ? (
            <Field label={t('password')} hint={t('passwordHint', { min: PASSWORD_MIN_LENGTH })} required>
              {(control) => (
                <TextInput
                  {...control}
                  type="password"
                  autoComplete="new-password"
                  minLength={PASSWORD_MIN_LENGTH}
                  value={password}
                  onChange={(event) => setPassword(event.target.value)}
                />
              )}
            </Field>
          ) : null}
          {user ? (
            <Field label={t('slack')} hint={t('slackHint')} error={slackWrong ? t('slackWrong') : undefined}>
              {(control) => (
                <TextInput
                  {...control}
                  autoComplete="off"
                  autoCapitalize="characters"
                  spellCheck={false}
                  maxLength={32}
                  className="font-mono"
                  placeholder="U024BE7LH"
                  value={slack}
                  onChange={(event) => {
                    setSlack(event.target.value);
                    setSlackWrong(false);
                  }}
                />
              )}
            </Field>
          ) : null}
          {user ? (
            <CheckboxInput
              label={t('disable')}
              checked={disabled}
              onChange={(event) => setDisabled(event.target.checked)}
            />
          ) : null}
        </>
      )}
    </ActDialog>
  );
}
