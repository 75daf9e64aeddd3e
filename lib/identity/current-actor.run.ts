import type { Actor } from './actor.ts';
import { authenticateSession } from './authenticate.run.ts';

/** Who looks at this page, or null. For pages and server components; routes use lib/http. */
export async function currentActor(): Promise<Actor | null> {
  // Loaded here so that commands can use this room without Next.
  const { headers } = await import('next/headers.js');
  return await authenticateSession(await headers(), new Date());
}

/** Who looks at this page; whoever has not signed in is sent to do so and comes back to `returnTo` (a path). */
export async function requireActor(returnTo = '/'): Promise<Actor> {
  const actor = await currentActor();
  if (actor) return actor;
  const { redirect } = await import('next/navigation.js');
  return redirect(`/signin?callbackUrl=${encodeURIComponent(returnTo)}`);
}
