import { AppError } from '#lib/errors/index.ts';
import { EVERYTHING, KILL_WORD, type Stop, type StopKind, StopListSchema } from '#lib/rollouts/index.ts';
import { orderStop } from '#lib/rollouts/server.ts';
import { actAtMachine, askToProtect } from './at-machine.ts';
import { type Connection, callApi, connect, hasKey, type Where } from './call-api.ts';
import type { CommandIo } from './command-io.ts';
import { commandActor } from './rollback-command.ts';

type Scoped = Where & { target?: string; all: boolean; reason: string; dryRun: boolean };

/** Presses the kill switch (OPS-7): by the API, or, without a key, at the machine straight on its database. */
export async function halt(io: CommandIo, options: Scoped & { confirm?: string }): Promise<unknown> {
  const scope = scopeOf(options);
  const { reason, dryRun } = options;
  const what = scope === EVERYTHING ? 'every rollout' : scope;
  const confirm = options.confirm ?? (await io.ask?.(`This halts ${what}. Type ${KILL_WORD}:`)) ?? '';
  const order = { kind: 'kill' as const, scope, reason, confirm, dryRun };
  if (hasKey(options, io.environment)) {
    const answer = await askToProtect(io, options, {
      method: 'POST',
      path: '/api/v1/stops',
      body: order,
    });
    return { ...Object(answer), way: 'api' };
  }
  return await actAtMachine(io, options, async () => ({
    ...(await orderStop({ ...order, trigger: 'cli', actor: commandActor(), now: new Date() })),
    way: 'database',
  }));
}

/** Stops the line: promotions and restarts wait. */
export async function freeze(io: CommandIo, options: Scoped & { until?: string }): Promise<unknown> {
  const { reason, dryRun, until } = options;
  return await callApi(connect(options, io.environment, io.say), {
    method: 'POST',
    path: '/api/v1/stops',
    body: {
      kind: 'freeze',
      scope: scopeOf(options),
      reason,
      ...(until === undefined ? {} : { endsAt: until }),
      dryRun,
    },
  });
}

export const rearm = (io: CommandIo, options: Scoped & { id?: string }) => release(io, options, 'kill');
export const unfreeze = (io: CommandIo, options: Scoped & { id?: string }) => release(io, options, 'freeze');

async function release(io: CommandIo, options: Scoped & { id?: string }, kind: StopKind): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const id = options.id ?? (await stopInForce(connection, kind, options)).id;
  const { reason, dryRun } = options;
  return await callApi(connection, {
    method: 'POST',
    path: `/api/v1/stops/${encodeURIComponent(id)}/release`,
    body: { reason, dryRun },
  });
}

async function stopInForce(connection: Connection, kind: StopKind, scoped: Scoped): Promise<Stop> {
  const answer = await callApi(connection, { method: 'GET', path: '/api/v1/stops' });
  const ofKind = StopListSchema.parse(answer).inForce.filter((stop) => stop.kind === kind);
  const named = scoped.target !== undefined || scoped.all;
  const fitting = named ? ofKind.filter((stop) => stop.scope === scopeOf(scoped)) : ofKind;
  const [only] = fitting;
  if (only && fitting.length === 1) return only;
  throw fitting.length === 0
    ? new AppError('CONFLICT', `No ${kind} of that scope is in force.`, { reason: 'nothing_in_force' })
    : new AppError(
        'VALIDATION',
        `Several are in force; name one with --id: ${fitting.map(({ id }) => id)}.`,
        {
          reason: 'several_in_force',
        },
      );
}

function scopeOf({ target, all }: Pick<Scoped, 'target' | 'all'>): string {
  if (all !== (target !== undefined)) return target ?? EVERYTHING;
  throw new AppError('VALIDATION', 'Say what: --target <rollout> or --all.', { reason: 'scope_missing' });
}
