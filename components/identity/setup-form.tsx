'use client';

import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Field, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { PASSWORD_MIN_LENGTH } from '#lib/identity/index.ts';
import { setUpAdministrator, signInWithPassword } from '#lib/queries/index.ts';
import { FailureNotice } from './failure-notice.tsx';
import { useHydrated } from './use-hydrated.ts';

export function SetupForm({ token }: { token: string }) {
  const t = useTranslations('setup');
  const [name, setName] = useState('');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [repeated, setRepeated] = useState('');
  const [mismatch, setMismatch] = useState(false);
  const hydrated = useHydrated();
  const [pending, setPending] = useState(false);
  const [failure, setFailure] = useState<unknown>(null);

  async function submit() {
    setPending(true);
    setFailure(null);
    try {
      await setUpAdministrator({ token, name, email, password });
    } catch (error) {
      setFailure(error);
      setPending(false);
      return;
    }
    const answer = await signInWithPassword(email, password);
    window.location.assign(answer.outcome === 'signed_in' ? '/' : '/signin');
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    setMismatch(password !== repeated);
    if (password === repeated) void submit();
  }

  return (
    <>
      {failure ? <FailureNotice title={t('failed')} error={failure} /> : null}
      <Card className="p-5">
        <form method="post" onSubmit={onSubmit} className="grid gap-4">
          <Field label={t('name')} required>
            {(control) => (
              <TextInput
                {...control}
                name="name"
                autoComplete="name"
                maxLength={120}
                value={name}
                onChange={(event) => setName(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('email')} required>
            {(control) => (
              <TextInput
                {...control}
                type="email"
                name="email"
                autoComplete="username"
                value={email}
                onChange={(event) => setEmail(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('password')} hint={t('passwordHint', { min: PASSWORD_MIN_LENGTH })} required>
            {(control) => (
              <TextInput
                {...control}
                type="password"
                name="password"
                autoComplete="new-password"
                minLength={PASSWORD_MIN_LENGTH}
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('repeat')} error={mismatch ? t('mismatch') : undefined} required>
            {(control) => (
              <TextInput
                {...control}
                type="password"
                name="repeated"
                autoComplete="new-password"
                value={repeated}
                onChange={(event) => setRepeated(event.target.value)}
              />
            )}
          </Field>
          <Button type="submit" tone="primary" disabled={pending || !hydrated}>
            {pending ? t('submitting') : t('submit')}
          </Button>
        </form>
      </Card>
    </>
  );
}

/** What the page says when the link is no good. */
export function SetupClosed({ signInHref, className }: { signInHref: string; className: string }) {
  const t = useTranslations('setup');
  return (
    <>
      <Notice tone="warn" title={t('closedTitle')}>
        {t('closedText')}
      </Notice>
      <a href={signInHref} className={className}>
        {t('toSignIn')}
      </a>
    </>
  );
}
