import type { Machine } from './instance-plan.ts';

/**
 * Asks the engine, whichever it is, to plan and run the windows that are missing, instead of waiting for the next tick.
 * An engine that does not answer is said, not fatal: its cron will come to it.
 */
export async function requestCycle(machine: Machine): Promise<void> {
  // Read here, when the environment is complete: the client takes its keys and address from it.
  const { inngest } = await import('#inngest/client.ts');
  const { cycleRequested } = await import('#inngest/events.ts');
  try {
    await inngest.send(cycleRequested.create({ requestedBy: 'start' }));
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    machine.say(`The first cycle could not be requested (${why}); it begins at the next quarter of an hour.`);
  }
}
