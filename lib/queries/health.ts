const LIMIT_MS = 4_000;

/** Whether the server answers within 4 s and reaches its database. Never throws. */
export async function isServerWell(): Promise<boolean> {
  try {
    return (await fetch('/api/health', { cache: 'no-store', signal: AbortSignal.timeout(LIMIT_MS) })).ok;
  } catch {
    return false; // not even reached, or hanging
  }
}
