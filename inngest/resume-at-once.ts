import { env, log } from '#lib/config/server.ts';
import { inngest } from './client.ts';
import { tendRequested } from './events.ts';

/**
 * A command that lets halted rollouts go on; what their kill switch held, such as an overdue rollback, is then looked at at
 * once and not at the next minute (ROL-3, OPS-7). What cannot be asked for, that minute does.
 */
export function resumedAtOnce<I, O extends { resumed: readonly string[]; outcome: string }>(
  run: (input: I) => Promise<O>,
): (input: I) => Promise<O> {
  return async (input) => {
    const outcome = await run(input);
    if (outcome.outcome === 'released' && outcome.resumed.length > 0) void ask();
    return outcome;
  };
}

async function ask(): Promise<void> {
  if (env().inngest.eventKey === undefined) return; // no engine: a test of the route
  try {
    await inngest.send(tendRequested.create({ requestedBy: 're-arming' }));
  } catch (err) {
    log('http').warn({ err }, 'what a kill switch held could not be asked for; the next minute looks at it');
  }
}
