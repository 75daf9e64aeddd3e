/**
 * What the embedded runner goes on calling while the kill switch is pressed for everything (OPS-7). Watching goes on, so that
 * people see what they protect: collecting, judging, deciding, proving and telling. Each automatic effect in these asks
 * the kill switch in its own transaction, which holds with any engine. Work that changes something by itself and asks nobody
 * is held: its runs wait and are called after two people have armed Phasegate again. A function that is not listed is held.
 */
export const WHILE_HALTED: Readonly<Record<string, 'goes_on' | 'held'>> = {
  'cycle-tick': 'goes_on',
  'collect-window': 'goes_on',
  'analyze-window': 'goes_on',
  'decide-rollouts': 'goes_on', // demands and records; executes nothing while halted
  'tend-rollouts': 'goes_on', // proves steps that were made; holds deadlines
  'report-window': 'goes_on',
  'advance-incidents': 'goes_on', // tells, reminds and keeps the record; changes no rollout
  'deliver-messages': 'goes_on', // people must hear of a stop most of all
  'refresh-telemetry': 'goes_on',
  'fast-lane': 'goes_on',
  watchdog: 'goes_on',
  'guard-automation': 'goes_on',
  'daily-report': 'goes_on',
  'keep-budgets': 'goes_on', // counts what was judged; changes no rollout
  'apply-retention': 'held',
};

const FAILURE_HANDLER = /-failure$/;

/** Whether a function is called while everything is halted, by its engine id; the handler of its failures as itself. */
export function goesOnWhileHalted(functionId: string, appId: string): boolean {
  const prefix = `${appId}-`;
  if (!functionId.startsWith(prefix)) return false;
  const id = functionId.slice(prefix.length).replace(FAILURE_HANDLER, '');
  return Object.hasOwn(WHILE_HALTED, id) && WHILE_HALTED[id] === 'goes_on';
}
