'use client';

import { signIn } from 'next-auth/react';
import { useTranslations } from 'next-intl';
import { type FormEvent, useRef, useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Card } from '#components/ui/card.tsx';
import { Field, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { type SignInAnswer, signInWithPassword } from '#lib/queries/index.ts';
import { useHydrated } from './use-hydrated.ts';

export type DemoChoice = { email: string; name: string; roles: readonly string[] };

type SignInFormProps = {
  /** A path inside the app. */
  returnTo: string;
  gitHub: boolean;
  /** What an earlier attempt with GitHub ended in. */
  gitHubError: 'failed' | 'denied' | null;
  demo: { accounts: readonly DemoChoice[]; password: string } | null;
};

export function SignInForm({ returnTo, gitHub, gitHubError, demo }: SignInFormProps) {
  const t = useTranslations('signin');
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const hydrated = useHydrated();
  const [pending, setPending] = useState(false);
  const [answer, setAnswer] = useState<SignInAnswer | null>(null);
  const submitButton = useRef<HTMLButtonElement>(null);

  async function submit() {
    setPending(true);
    setAnswer(null);
    const result = await signInWithPassword(email, password);
    if (result.outcome === 'signed_in') {
      // A whole new page: everything that was rendered for nobody is gone.
      window.location.assign(returnTo);
      return;
    }
    setAnswer(result);
    setPending(false);
  }

  function onSubmit(event: FormEvent) {
    event.preventDefault();
    void submit();
  }

  return (
    <>
      {answer ? <Refusal answer={answer} /> : null}
      {gitHubError && !answer ? (
        <Notice tone="bad" live title={gitHubError === 'denied' ? t('githubDenied') : t('githubFailed')} />
      ) : null}
      <Card className="p-5">
        <form method="post" onSubmit={onSubmit} className="grid gap-4">
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
          <Field label={t('password')} required>
            {(control) => (
              <TextInput
                {...control}
                type="password"
                name="password"
                autoComplete="current-password"
                value={password}
                onChange={(event) => setPassword(event.target.value)}
              />
            )}
          </Field>
          <Button ref={submitButton} type="submit" tone="primary" disabled={pending || !hydrated}>
            {pending ? t('submitting') : t('submit')}
          </Button>
        </form>
        {gitHub ? (
          <>
            <p className="my-3 text-center text-[13px] text-ink-2">{t('or')}</p>
            <Button className="w-full" onClick={() => void signIn('github', { callbackUrl: returnTo })}>
              {t('github')}
            </Button>
          </>
        ) : null}
      </Card>
      {demo ? (
        <section aria-labelledby="demo-accounts">
          <h2 id="demo-accounts" className="text-base font-semibold">
            {t('demoTitle')}
          </h2>
          <p className="mt-1 text-sm text-ink-2">
            {t.rich('demoText', {
              password: () => <code className="font-mono whitespace-nowrap text-ink">{demo.password}</code>,
            })}
          </p>
          <ul className="mt-3 grid gap-2">
            {demo.accounts.map((account) => (
              <li key={account.email}>
                <button
                  type="button"
                  className="flex w-full flex-wrap items-center gap-x-3 gap-y-1 rounded-md border border-line bg-surface px-3 py-2 text-left text-sm hover:bg-sunken"
                  onClick={() => {
                    setEmail(account.email);
                    setPassword(demo.password);
                    setAnswer(null);
                    submitButton.current?.focus();
                  }}
                >
                  <span className="min-w-0 flex-1 font-mono text-[13px] break-all">{account.email}</span>
                  <span className="flex flex-wrap gap-1">
                    {account.roles.map((role) => (
                      <Badge key={role}>{role}</Badge>
                    ))}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </>
  );
}

function Refusal({ answer }: { answer: SignInAnswer }) {
  const t = useTranslations('signin');
  switch (answer.outcome) {
    case 'signed_in':
      return null;
    case 'refused':
      return (
        <Notice tone="bad" live title={t('refused')}>
          {t('refusedHint')}
        </Notice>
      );
    case 'too_many':
      return (
        <Notice tone="warn" live title={t('tooMany')}>
          {t('tooManyHint', { minutes: Math.ceil(answer.retryAfterSeconds / 60) })}
        </Notice>
      );
    case 'unreachable':
      return (
        <Notice tone="bad" live title={t('unreachable')}>
          {t('unreachableHint')}
        </Notice>
      );
  }
}
