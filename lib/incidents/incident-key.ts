/** The key under which people know an incident, everywhere: Incident-001 (REP-1). Pure. */
export function incidentKey(number: number): string {
  return `Incident-${String(number).padStart(3, '0')}`;
}
