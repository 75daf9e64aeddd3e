/** The messages that are kept as alerts in `reports/alerts/` (REP-5): what an incident's log and its files must agree on. */
export const ALERT_KINDS: readonly string[] = ['autosave-incident', 'rollback-unproven', 'not-recovered'];
