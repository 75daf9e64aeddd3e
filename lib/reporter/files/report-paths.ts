import { incidentKey } from '../compose/wording.ts';

/** `20261121T090300123Z`: sorts as time does and is a file name everywhere. */
const stamp = (at: Date): string => at.toISOString().replaceAll(/[-:.]/g, '');

/** Where an alert is kept (REP-5). Two incidents of one instant: the later one's number is added. Pure. */
export function alertPath(at: Date, number: number | null): string {
  return `reports/alerts/${stamp(at)}${number === null ? '' : `-${incidentKey(number)}`}.md`;
}

/** Where the RCA draft of an incident is kept (ROL-6), by its key and the day of the draft in the policy's zone. Pure. */
export function rcaPath(number: number, draftedAt: Date, zone: string): string {
  const day = new Intl.DateTimeFormat('sv-SE', { timeZone: zone, dateStyle: 'short' }).format(draftedAt);
  return `reports/rca/${incidentKey(number)}-${day}.md`;
}
