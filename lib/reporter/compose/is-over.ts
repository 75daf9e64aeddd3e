/**
 * Whether what a message is about is over: its incident is closed, or its kill switch re-armed. Sent then, however late or
 * again, it is for the record and calls nobody (REP-1). Pure.
 */
export function isOver(about: {
  incident: { state: string } | null;
  stop: { endedAt: Date | null } | null;
}): boolean {
  return about.incident?.state === 'closed' || (about.stop !== null && about.stop.endedAt !== null);
}
