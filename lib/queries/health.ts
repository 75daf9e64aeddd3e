/** Whether the server answers and reaches its database. Never throws. */
export async function isServerWell(): Promise<boolean> {
  try {
    return (await fetch('/api/health', { cache: 'no-store' })).ok;
  } catch {
    return false; // not even reached
  }
}
