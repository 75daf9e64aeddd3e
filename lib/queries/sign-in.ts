import { z } from 'zod';

const CsrfSchema = z.object({ csrfToken: z.string() });
const AnswerSchema = z.object({ url: z.string() });

export type SignInAnswer =
  | { outcome: 'signed_in' }
  | { outcome: 'refused' }
  | { outcome: 'too_many'; retryAfterSeconds: number }
  | { outcome: 'unreachable' };

/** Signs in with a password by next-auth's own protocol. Never throws: what can go wrong is in the answer. */
export async function signInWithPassword(email: string, password: string): Promise<SignInAnswer> {
  try {
    const start = await fetch('/api/auth/csrf', { headers: { accept: 'application/json' } });
    const { csrfToken } = CsrfSchema.parse(await start.json());
    const response = await fetch('/api/auth/callback/credentials', {
      method: 'POST',
      body: new URLSearchParams({ csrfToken, email, password, json: 'true' }),
    });
    if (response.ok) return { outcome: 'signed_in' };
    if (response.status !== 401) return { outcome: 'unreachable' };
    const { url } = AnswerSchema.parse(await response.json());
    const wait = /^TooManyAttempts:(\d+)$/.exec(new URL(url).searchParams.get('error') ?? '')?.[1];
    return wait === undefined
      ? { outcome: 'refused' }
      : { outcome: 'too_many', retryAfterSeconds: Number(wait) };
  } catch {
    // The network, or something between us that answered in our place: the form says so and keeps its input.
    return { outcome: 'unreachable' };
  }
}

/** Ends the session by next-auth's own protocol. Errors: the network's, a ZodError for an answer of another shape. */
export async function signOutHere(): Promise<void> {
  const start = await fetch('/api/auth/csrf', { headers: { accept: 'application/json' } });
  const { csrfToken } = CsrfSchema.parse(await start.json());
  await fetch('/api/auth/signout', {
    method: 'POST',
    body: new URLSearchParams({ csrfToken, json: 'true' }),
  });
}
