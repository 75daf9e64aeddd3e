import type { IncidentPage } from '#lib/dashboard/index.ts';

type Entry = IncidentPage['detail']['timeline'][number];

const MINUTE_MS = 60_000;

/**
 * Entries as rows: the ways that one message went within a minute stand in one, so that what people did is not lost
 * between them. `entries` in any one order, which stays. Pure.
 */
export function timelineGroups(entries: readonly Entry[]): Entry[][] {
  const groups: Entry[][] = [];
  for (const entry of entries) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group && last && isSameMessage(last, entry)) group.push(entry);
    else groups.push([entry]);
  }
  return groups;
}

const isSameMessage = (a: Entry, b: Entry) =>
  a.kind === 'message' &&
  b.kind === 'message' &&
  a.details.message === b.details.message &&
  Math.abs(Date.parse(a.at) - Date.parse(b.at)) < MINUTE_MS;
