import type { Machine } from './supervisor.ts';

export async function requestCycle(machine: Machine): Promise<void> {
  machine.say('(first cycle)');
}
