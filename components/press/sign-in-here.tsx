'use client';

import { useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type FormEvent, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Field, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { signInWithPassword } from '#lib/queries/index.ts';

/**
 * Signs in again inside a dialog whose session ended, so that nothing typed is lost. Pressing stays a press of its own:
 * signing in never sends anything.
 */
export function SignInHere({ onSignedIn }: { onSignedIn: () => void }) {
  const t = useTranslations();
  const client = useQueryClient();
  const [email, setEmail] = useState('');
  const [password, setPassword] = useState('');
  const [pending, setPending] = useState(false);
  const [refusal, setRefusal] = useState<'refused' | 'too_many' | 'unreachable' | null>(null);

  async function signIn(event: FormEvent) {
    event.preventDefault();
    setPending(true);
    setRefusal(null);
    const answer = await signInWithPassword(email, password);
    setPending(false);
    if (answer.outcome !== 'signed_in') return setRefusal(answer.outcome);
    onSignedIn();
    await client.invalidateQueries();
  }

  return (
    <form onSubmit={(event) => void signIn(event)} className="grid gap-3 rounded-md border border-line p-3">
      {refusal ? (
        <Notice
          tone="bad"
          live
          title={t(
            refusal === 'refused'
              ? 'signin.refused'
              : refusal === 'too_many'
                ? 'signin.tooMany'
                : 'signin.unreachable',
          )}
        />
      ) : null}
      <div className="grid gap-3 sm:grid-cols-2">
        <Field label={t('signin.email')} required>
          {(control) => (
            <TextInput
              {...control}
              type="email"
              autoComplete="username"
              value={email}
              onChange={(event) => setEmail(event.target.value)}
            />
          )}
        </Field>
        <Field label={t('signin.password')} required>
          {(control) => (
            <TextInput
              {...control}
              type="password"
              autoComplete="current-password"
              value={password}
              onChange={(event) => setPassword(event.target.value)}
            />
          )}
        </Field>
      </div>
      <Button type="submit" tone="primary" className="max-sm:h-12" disabled={pending}>
        {t(pending ? 'signin.submitting' : 'signin.submit')}
      </Button>
      <p className="text-[13px] text-ink-2">
        <a
          href={`/signin?callbackUrl=${encodeURIComponent(here())}`}
          className="inline-flex min-h-8 items-center text-accent underline underline-offset-2"
        >
          {t('press.signInElsewhere')}
        </a>
      </p>
    </form>
  );
}

const here = () => `${window.location.pathname}${window.location.search}${window.location.hash}`;
