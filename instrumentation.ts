/** Next calls this once when a server starts, before it answers anybody. */
export async function register(): Promise<void> {
  // Not where Next only prepares pages, and not in its runtime without Node.
  if (process.env.NEXT_RUNTIME !== 'nodejs' || process.env.NEXT_PHASE === 'phase-production-build') return;
  const { followChanges } = await import('#inngest/follow-changes.ts');
  followChanges();
}
