import { CommanderError } from 'commander';
import { EnvironmentError } from '#lib/config/server.ts';
import { findPhase, nearestName, type Policy, PolicyError, rolloutsWithPhase } from '#lib/policy/index.ts';

/** What was asked for cannot be done as asked: exit code 2, one line on standard error. */
export class InputError extends Error {
  override readonly name = 'InputError';
}

function unknownName(what: string, name: string, known: readonly string[]): InputError {
  const nearest = nearestName(name, known);
  const hint = nearest ? `did you mean ${nearest}?` : `known: ${known.join(', ')}`;
  return new InputError(`unknown ${what} "${name}": ${hint}`);
}

/**
 * The rollout and phase that a command names; a phase that only one rollout has needs no rollout (ANA-5).
 * Errors: InputError with a suggestion.
 */
export function resolvePhase(
  policy: Policy,
  phase: string,
  rolloutId: string | undefined,
): { rolloutId: string; phase: string } {
  if (rolloutId !== undefined) {
    const rollout = policy.rollouts[rolloutId];
    if (!rollout) throw unknownName('rollout', rolloutId, Object.keys(policy.rollouts));
    if (!findPhase(policy, rolloutId, phase))
      throw unknownName(
        `phase of ${rolloutId}`,
        phase,
        rollout.phases.map(({ id }) => id),
      );
    return { rolloutId, phase };
  }
  const [only, ...more] = rolloutsWithPhase(policy, phase);
  if (only === undefined) {
    const known = Object.values(policy.rollouts).flatMap((rollout) => rollout.phases.map(({ id }) => id));
    throw unknownName('phase', phase, [...new Set(known)]);
  }
  if (more.length > 0)
    throw new InputError(
      `several rollouts have a phase ${phase}: give --rollout ${[only, ...more].join(' or ')}`,
    );
  return { rolloutId: only, phase };
}

/** A point in time as people type it. Errors: InputError unless it is RFC 3339 with its zone. */
export function parseNow(text: string): Date {
  const at = Date.parse(text);
  if (!/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d)$/.test(text) || Number.isNaN(at))
    throw new InputError(`--now ${text}: write a time with its zone, such as 2026-11-21T09:00:00Z`);
  return new Date(at);
}

/** The end of the last window that is over at `now`. */
export function lastWindowEnd(now: Date, windowSeconds: number): Date {
  const windowMs = windowSeconds * 1000;
  return new Date(Math.floor(now.getTime() / windowMs) * windowMs);
}

/** Runs a command: what fails is one line on standard error and an exit code, 2 for bad input (ANA-5). */
export async function runCommand(work: () => Promise<number>, close: () => Promise<void>): Promise<void> {
  try {
    process.exitCode = await work();
  } catch (error) {
    if (error instanceof CommanderError) {
      process.exitCode = error.exitCode === 0 ? 0 : 2; // commander has printed it
      return;
    }
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
    const badInput =
      error instanceof InputError || error instanceof PolicyError || error instanceof EnvironmentError;
    process.exitCode = badInput ? 2 : 1;
  } finally {
    await close();
  }
}

/** The one JSON object of a command's answer, on standard output. */
export function printJson(value: unknown): void {
  process.stdout.write(`${JSON.stringify(value, null, 2)}\n`);
}
