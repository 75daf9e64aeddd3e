import { z } from 'zod';

const TokenSchema = z.object({ sid: z.uuid() });

/**
 * The session id inside the signed and encrypted cookie; null when it was forged, is past its end, or was made with
 * another secret. That the session still exists is for the database to say.
 */
export async function sessionIdOfToken(token: string, secret: string): Promise<string | null> {
  // Loaded when a cookie is to be read: half of what a command or a runner would load to start is behind this import.
  const { decode } = await import('next-auth/jwt');
  try {
    const parsed = TokenSchema.safeParse(await decode({ token, secret }));
    return parsed.success ? parsed.data.sid : null;
  } catch (cause) {
    // What jose throws for a token that is not ours; everything else is a mistake of ours and must be seen.
    if (cause instanceof Error && 'code' in cause && String(cause.code).startsWith('ERR_J')) return null;
    throw cause;
  }
}
