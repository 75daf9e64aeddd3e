'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Field, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { PASSWORD_MAX_LENGTH, PASSWORD_MIN_LENGTH } from '#lib/identity/users.schema.ts';
import { changeOwnPassword } from '#lib/queries/index.ts';
import { FailureNotice } from './failure-notice.tsx';
import { useHydrated } from './use-hydrated.ts';

const EMPTY = { current: '', wanted: '', repeated: '' };

export function PasswordForm({ email }: { email: string }) {
  const t = useTranslations('account');
  const [fields, setFields] = useState(EMPTY);
  const [mismatch, setMismatch] = useState(false);
  const hydrated = useHydrated();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);
  const [ended, setEnded] = useState<number | null>(null);

  async function submit() {
    setPending(true);
    setFailure(null);
    setEnded(null);
    try {
      const { sessionsEnded } = await changeOwnPassword({
        currentPassword: fields.current,
        newPassword: fields.wanted,
      });
      setEnded(sessionsEnded);
      setFields(EMPTY);
    } catch (error) {
      setFailure(error);
    }
    setPending(false);
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    setMismatch(fields.wanted !== fields.repeated);
    if (fields.wanted === fields.repeated) void submit();
  }

  const bind = (name: keyof typeof EMPTY) => ({
    type: 'password',
    name,
    value: fields[name],
    onChange: (event: { target: { value: string } }) => setFields({ ...fields, [name]: event.target.value }),
  });

  return (
    <>
      {failure ? <FailureNotice title={t('failed')} error={failure} /> : null}
      {ended === null ? null : (
        <Notice tone="good" live title={t('changed')}>
          {t('ended', { count: ended })}
        </Notice>
      )}
      <Card className="p-5">
        <form method="post" onSubmit={onSubmit} className="grid gap-4">
          {/* Tells password managers whose password this is. */}
          <input hidden readOnly name="username" autoComplete="username" value={email} />
          <Field label={t('current')} required>
            {(control) => <TextInput {...control} {...bind('current')} autoComplete="current-password" />}
          </Field>
          <Field label={t('wanted')} hint={t('wantedHint', { min: PASSWORD_MIN_LENGTH })} required>
            {(control) => (
              <TextInput
                {...control}
                {...bind('wanted')}
                autoComplete="new-password"
                minLength={PASSWORD_MIN_LENGTH}
                maxLength={PASSWORD_MAX_LENGTH}
              />
            )}
          </Field>
          <Field label={t('repeat')} error={mismatch ? t('mismatch') : undefined} required>
            {(control) => <TextInput {...control} {...bind('repeated')} autoComplete="new-password" />}
          </Field>
          <Button type="submit" tone="primary" disabled={pending || !hydrated}>
            {pending ? t('submitting') : t('submit')}
          </Button>
        </form>
      </Card>
    </>
  );
}
