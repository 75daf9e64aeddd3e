import { type Inngest, NonRetriableError } from 'inngest';
import { afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database } from '#lib/database/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { bearerOf } from './signature.ts';
import { type Engine, endedRun, runOf, startEngine, until } from './testing/engine.ts';
import { EVENT_KEY, SIGNING_KEY } from './testing/keys.ts';

beforeAll(async () => {
  await testDatabase();
});

let engine: Engine | undefined;
let seen: string[] = [];

beforeEach(async () => {
  seen = [];
  await emptyTables('job_run', 'job_step', 'job_event', 'job_function', 'job_runner');
});

afterEach(async () => {
  await engine?.stop();
  engine = undefined;
});

/** Registers functions and sends them `test/go`. */
async function go(
  define: (inngest: Inngest) => Parameters<typeof startEngine>[0] extends (i: Inngest) => infer F ? F : never,
  data: Record<string, unknown> = {},
): Promise<Engine> {
  engine = await startEngine(define);
  await engine.inngest.send({ id: 'go', name: 'test/go', data });
  return engine;
}

/** What sleeps has slept long enough: its moment has come. */
async function sleptEnough(): Promise<void> {
  await until(async () => (await database().jobStep.count({ where: { state: 'sleeping' } })) > 0);
  await database().jobStep.updateMany({ where: { state: 'sleeping' }, data: { wakeAt: new Date() } });
}

const trigger = { triggers: [{ event: 'test/go' }] };

describe('steps', () => {
  it('runs each step once and memoises it', async () => {
    await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step, event }) => {
        seen.push('body');
        const a = await step.run('a', () => {
          seen.push('a');
          return { n: 1 };
        });
        const b = await step.run('b', () => {
          seen.push('b');
          return a.n + 1;
        });
        return { b, name: event.name };
      }),
    ]);
    const run = await endedRun('test-f');
    expect(run).toMatchObject({ state: 'completed', output: { b: 2, name: 'test/go' } });
    expect(seen.filter((name) => name !== 'body')).toEqual(['a', 'b']);
    expect(seen.filter((name) => name === 'body')).toHaveLength(3);
    expect(run.steps.map((step) => [step.name, step.state, step.position])).toEqual([
      ['a', 'completed', 1],
      ['b', 'completed', 2],
    ]);
  });

  it('runs parallel steps side by side, each once, and hands all results back', async () => {
    let together = 0;
    let most = 0;
    await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
        const results = await Promise.all(
          ['a', 'b', 'c'].map((name) =>
            step.run(name, async () => {
              together += 1;
              most = Math.max(most, together);
              await until(async () => most === 3);
              together -= 1;
              seen.push(name);
              return name;
            }),
          ),
        );
        const last = await step.run('last', () => {
          seen.push('last');
          return 'last';
        });
        return [...results, last];
      }),
    ]);
    expect(await endedRun('test-f')).toMatchObject({ state: 'completed', output: ['a', 'b', 'c', 'last'] });
    expect([...seen].sort()).toEqual(['a', 'b', 'c', 'last']);
    expect(most).toBe(3);
  });

  it('lets one branch of parallel steps go on while the other sleeps', async () => {
    await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
        const chain = async () => {
          await step.run('a', () => seen.push('a'));
          await step.run('a2', () => seen.push('a2'));
        };
        const nap = async () => {
          await step.sleep('nap', '1h');
          await step.run('awake', () => seen.push('awake'));
        };
        await Promise.all([chain(), nap()]);
        return 'done';
      }),
    ]);
    await until(async () => seen.length === 2);
    await sleptEnough();
    expect(await endedRun('test-f')).toMatchObject({ state: 'completed', output: 'done' });
    expect(seen).toEqual(['a', 'a2', 'awake']);
  });

  it('sleeps until a moment and goes on by itself', async () => {
    const wake = new Date(Date.now() + 1200);
    await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
        await step.sleepUntil('nap', wake);
        return step.run('after', () => new Date().toISOString());
      }),
    ]);
    const run = await endedRun('test-f');
    expect(run.steps.map(({ name, state }) => `${name} ${state}`).sort()).toEqual([
      'after completed',
      'nap completed',
    ]);
    expect(Date.parse(String(run.output))).toBeGreaterThanOrEqual(wake.getTime());
  });
});

describe('failures', () => {
  it('retries a failing step with rising attempts and keeps the results before it', async () => {
    const attempts: number[] = [];
    await go((inngest) => [
      inngest.createFunction({ id: 'f', retries: 3, ...trigger }, async ({ step, attempt }) => {
        await step.run('before', () => seen.push('before'));
        return step.run('shaky', () => {
          attempts.push(attempt);
          if (attempts.length < 3) throw new Error(`not yet ${attempts.length}`);
          return 'ok';
        });
      }),
    ]);
    expect(await endedRun('test-f')).toMatchObject({ state: 'completed', output: 'ok' });
    expect(attempts).toEqual([0, 1, 2]);
    expect(seen).toEqual(['before']);
  });

  it('fails a run whose step has used up its attempts and tells its failure handler why', async () => {
    let tries = 0;
    await go((inngest) => [
      inngest.createFunction(
        {
          id: 'f',
          retries: 2,
          ...trigger,
          onFailure: ({ error, event }) => {
            seen.push(`${error.message} of ${event.data.function_id} for ${event.data.event.name}`);
          },
        },
        async ({ step }) => {
          await step.run('doomed', () => {
            tries += 1;
            throw new Error('no luck');
          });
        },
      ),
    ]);
    const run = await endedRun('test-f');
    expect(run).toMatchObject({ state: 'failed', error: { message: 'no luck' } });
    expect(tries).toBe(3);
    await endedRun('test-f-failure');
    expect(seen).toEqual(['no luck of test-f for test/go']);
  });

  it('lets a function catch the failure of a step', async () => {
    await go((inngest) => [
      inngest.createFunction({ id: 'f', retries: 0, ...trigger }, async ({ step }) => {
        try {
          await step.run('doomed', () => {
            throw new Error('no luck');
          });
          return 'never';
        } catch (error) {
          return `caught ${error instanceof Error ? error.message : ''}`;
        }
      }),
    ]);
    expect(await endedRun('test-f')).toMatchObject({ state: 'completed', output: 'caught no luck' });
  });

  it('does not retry what is said to be hopeless', async () => {
    let tries = 0;
    await go((inngest) => [
      inngest.createFunction({ id: 'f', retries: 5, ...trigger }, async ({ step }) => {
        await step.run('bad input', () => {
          tries += 1;
          throw new NonRetriableError('field missing');
        });
      }),
    ]);
    expect(await endedRun('test-f')).toMatchObject({ state: 'failed', error: { message: 'field missing' } });
    expect(tries).toBe(1);
  });

  it('retries an error outside of any step and fails with it at last', async () => {
    let tries = 0;
    await go((inngest) => [
      inngest.createFunction({ id: 'f', retries: 1, ...trigger }, async () => {
        tries += 1;
        throw new Error('plain');
      }),
    ]);
    expect(await endedRun('test-f')).toMatchObject({ state: 'failed', error: { message: 'plain' } });
    expect(tries).toBe(2);
  });

  it('fails a run whose result cannot be stored instead of repeating it for ever', async () => {
    await go((inngest) => [inngest.createFunction({ id: 'f', ...trigger }, async () => 'a\u0000b')]);
    expect(await endedRun('test-f')).toMatchObject({ state: 'failed' });
  });
});

describe('events', () => {
  it('wakes a waiting run by the event that matches, and by no other', async () => {
    const started = await go(
      (inngest) => [
        inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
          const reply = await step.waitForEvent('reply', {
            event: 'test/reply',
            match: 'data.key',
            timeout: '1h',
          });
          return reply?.data.text ?? null;
        }),
      ],
      { key: 'k1' },
    );
    await until(async () => (await runOf('test-f'))?.steps.some((step) => step.state === 'waiting'));
    await started.inngest.send({ name: 'test/reply', data: { key: 'other', text: 'no' } });
    await started.inngest.send({ name: 'test/reply', data: { key: 'k1', text: 'yes' } });
    expect(await endedRun('test-f')).toMatchObject({ state: 'completed', output: 'yes' });
  });

  it('goes on with null when no event came in time', async () => {
    await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
        return (await step.waitForEvent('reply', { event: 'test/reply', timeout: '1s' })) ?? 'nobody';
      }),
    ]);
    expect(await endedRun('test-f')).toMatchObject({ state: 'completed', output: 'nobody' });
  });

  it('invokes another function and gets its result or its error', async () => {
    await go((inngest) => {
      const double = inngest.createFunction(
        { id: 'double', triggers: [{ event: 'test/never' }] },
        ({ event }) =>
          event.data.fail
            ? Promise.reject(new NonRetriableError('asked to fail'))
            : Promise.resolve(event.data.n * 2),
      );
      const main = inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
        const good = await step.invoke('good', { function: double, data: { n: 21 } });
        const bad = await step.invoke('bad', { function: double, data: { fail: true } }).catch(String);
        return { good, bad };
      });
      return [double, main];
    });
    const run = await endedRun('test-f');
    expect(run).toMatchObject({ state: 'completed', output: { good: 42 } });
    expect(JSON.stringify(run.output)).toContain('asked to fail');
  });

  it('starts a function once for an event id, however often it is sent, also from a step', async () => {
    const started = await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
        await step.sendEvent('tell', { id: 'told', name: 'test/told', data: {} });
      }),
      inngest.createFunction({ id: 'g', triggers: [{ event: 'test/told' }] }, async () => {
        seen.push('g');
      }),
    ]);
    await started.inngest.send({ id: 'go', name: 'test/go', data: {} });
    await endedRun('test-f');
    await endedRun('test-g');
    await started.inngest.send({ id: 'told', name: 'test/told', data: {} });
    expect(await database().jobRun.count()).toBe(2);
    expect(seen).toEqual(['g']);
  });

  it('refuses an id that another event has used, and events that are not events', async () => {
    const started = await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async () => null),
    ]);
    const post = (body: unknown, key = EVENT_KEY) =>
      fetch(`${started.runnerUrl}/e/${key}`, { method: 'POST', body: JSON.stringify(body) });
    expect((await post({ id: 'go', name: 'test/other', data: {} })).status).toBe(409);
    expect((await post({ name: 'test/go', data: {} }, 'wrong')).status).toBe(401);
    expect((await post({ name: 'inngest/function.failed', data: {} })).status).toBe(400);
    expect((await post({ name: 'test/go', data: { text: 'a\u0000b' } })).status).toBe(400);
    expect((await post({ name: 'test/go', data: [] })).status).toBe(400);
    expect((await post('x'.repeat(5_000_000))).status).toBe(413);
    expect((await fetch(`${started.runnerUrl}/v1/signals`, { method: 'POST' })).status).toBe(501);
    expect(await database().jobEvent.count()).toBe(1);
  });
});

describe('cancellation', () => {
  const waiting = (inngest: Inngest) => [
    inngest.createFunction(
      { id: 'f', ...trigger, cancelOn: [{ event: 'test/stop', match: 'data.key' }] },
      async ({ step }) => {
        await step.sleep('nap', '1h');
        seen.push('awake');
      },
    ),
  ];

  it('cancels the runs that an event is meant for', async () => {
    const started = await go(waiting, { key: 'a' });
    await until(async () => (await runOf('test-f'))?.steps.length === 1);
    await started.inngest.send({ name: 'test/stop', data: { key: 'b' } });
    expect((await runOf('test-f'))?.endedAt).toBeNull();
    await started.inngest.send({ name: 'test/stop', data: { key: 'a' } });
    expect(await endedRun('test-f')).toMatchObject({ state: 'cancelled' });
  });

  it('cancels a run by hand, once, for holders of the signing key only', async () => {
    const started = await go(waiting, { key: 'a' });
    const run = await until(async () => (await runOf('test-f')) ?? false);
    const cancel = (token: string) =>
      fetch(`${started.runnerUrl}/v1/runs/${run.id}`, {
        method: 'DELETE',
        headers: { authorization: `Bearer ${token}` },
      });
    expect((await cancel('wrong')).status).toBe(401);
    expect((await cancel(bearerOf(SIGNING_KEY))).status).toBe(204);
    expect((await cancel(bearerOf(SIGNING_KEY))).status).toBe(409);
    expect(await endedRun('test-f')).toMatchObject({ state: 'cancelled' });
  });
});

describe('concurrency', () => {
  async function most(
    concurrency: { limit: number; key?: string },
    keys: string[],
    meet = 1,
  ): Promise<number> {
    let together = 0;
    let highest = 0;
    engine = await startEngine((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger, concurrency }, async ({ step }) => {
        await step.run('work', async () => {
          together += 1;
          highest = Math.max(highest, together);
          // Long enough that a second call would overlap if it were allowed.
          await new Promise((resolve) => setTimeout(resolve, 150));
          await until(async () => highest >= meet);
          together -= 1;
        });
      }),
    ]);
    await engine.inngest.send(
      keys.map((key, index) => ({ id: `go-${index}`, name: 'test/go', data: { key } })),
    );
    await until(
      async () => (await database().jobRun.count({ where: { state: 'completed' } })) === keys.length,
    );
    return highest;
  }

  it('calls a function no more often at a time than its limit', async () => {
    expect(await most({ limit: 1 }, ['a', 'b', 'c', 'd'])).toBe(1);
  });

  it('counts a limit per key', async () => {
    expect(await most({ limit: 1, key: 'event.data.key' }, ['a', 'a', 'b', 'b'], 2)).toBe(2);
  });

  it('starts runs in the order of their events where one may run at a time', async () => {
    engine = await startEngine((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger, concurrency: 1 }, async ({ event }) => {
        seen.push(event.data.n);
      }),
    ]);
    await engine.inngest.send([1, 2, 3, 4, 5].map((n) => ({ id: `go-${n}`, name: 'test/go', data: { n } })));
    await until(async () => seen.length === 5);
    expect(seen).toEqual([1, 2, 3, 4, 5]);
  });
});

describe('what the runner does not do', () => {
  it.each([
    ['AIGateway', 'ai'],
    ['WaitForSignal', 'signal'],
  ])('fails a run that asks for %s and says so', async (op, kind) => {
    await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
        if (kind === 'signal') {
          await step.waitForSignal('w', { signal: 's', timeout: '1h', onConflict: 'fail' });
        } else {
          const model = step.ai.models.openai({ model: 'm', apiKey: 'k' });
          await step.ai.infer('infer', { model, body: { messages: [] } });
        }
      }),
    ]);
    const run = await endedRun('test-f');
    expect(run.state).toBe('failed');
    expect(JSON.stringify(run.error)).toContain(`operation ${op} is not supported by the embedded runner`);
  });

  it('fails a run that waits with an expression it cannot evaluate', async () => {
    await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
        await step.waitForEvent('w', { event: 'test/x', timeout: '1h', if: 'async.data.n > 3' });
      }),
    ]);
    const run = await endedRun('test-f');
    expect(run.state).toBe('failed');
    expect(JSON.stringify(run.error)).toContain('async.data.n > 3');
  });

  it('refuses to register functions with options it does not support, all of them, by name', async () => {
    const failed = startEngine((inngest) => [
      inngest.createFunction({ id: 'ok', ...trigger }, async () => null),
      inngest.createFunction({ id: 'slow', ...trigger, debounce: { period: '1m' } }, async () => null),
      inngest.createFunction(
        { id: 'key', ...trigger, concurrency: { limit: 1, key: 'a + b' } },
        async () => null,
      ),
    ]);
    await expect(failed).rejects.toThrow(
      /test-slow: the option debounce[\s\S]*test-key: expression "a \+ b"/,
    );
    expect(await database().jobFunction.count()).toBe(0);
  });
});

describe('crons', () => {
  const ticking = (inngest: Inngest) => [
    inngest.createFunction({ id: 'f', triggers: [{ cron: '*/15 * * * *' }] }, async ({ event }) => {
      seen.push(new Date(event.ts ?? 0).toISOString());
    }),
  ];

  it('ticks once however many runners there are, and after a standstill only for the newest tick [OPS-18]', async () => {
    const first = Date.now() - (Date.now() % 900_000) + 900_000;
    let now = new Date(first - 1000);
    const clock = () => now;
    engine = await startEngine(ticking, { clock });
    const second = await startEngine(ticking, { clock });
    try {
      expect(seen).toEqual([]);
      now = new Date(first + 1000);
      await until(async () => seen.length > 0);
      now = new Date(first + 4 * 900_000 + 60_000);
      await until(async () => seen.length > 1);
      await until(async () => (await database().jobRun.count({ where: { state: 'completed' } })) === 2);
      expect(seen).toEqual([new Date(first).toISOString(), new Date(first + 4 * 900_000).toISOString()]);
      expect(await database().jobRun.count()).toBe(2);
    } finally {
      await second.stop();
    }
  });
});

describe('a clock that is set back by an hour', () => {
  /** Everything that is stored was written by a clock that is an hour ahead of the present one. */
  async function setBackAnHour(): Promise<void> {
    await database().$executeRaw`UPDATE job_event SET received_at = received_at + interval '1 hour'`;
    await database().$executeRaw`
      UPDATE job_run SET created_at = created_at + interval '1 hour', next_at = next_at + interval '1 hour',
        lease_until = lease_until + interval '1 hour'`;
    await database().$executeRaw`
      UPDATE job_step SET created_at = created_at + interval '1 hour', wake_at = wake_at + interval '1 hour'`;
    await database().$executeRaw`UPDATE job_function SET registered_at = registered_at + interval '1 hour'`;
  }

  it('ticks on at once, also at moments that have ticked before [ROL-3, OPS-18]', async () => {
    const tick = Date.now() - (Date.now() % 900_000) + 900_000;
    let now = new Date(tick + 1000);
    engine = await startEngine(
      (inngest) => [
        inngest.createFunction({ id: 'f', triggers: [{ cron: '*/15 * * * *' }] }, async ({ event }) => {
          seen.push(new Date(event.ts ?? 0).toISOString());
        }),
      ],
      { clock: () => now },
    );
    await until(async () => (await database().jobRun.count({ where: { state: 'completed' } })) === 1);
    await setBackAnHour();
    now = new Date(tick + 2000);
    await until(async () => (await database().jobRun.count({ where: { state: 'completed' } })) === 2);
    expect(seen).toEqual([new Date(tick).toISOString(), new Date(tick).toISOString()]);
  });

  it('wakes what sleeps after the time it had left, not an hour later [ROL-3]', async () => {
    await go((inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step }) => {
        await step.sleep('a while', '30m');
        seen.push('awake');
      }),
    ]);
    await until(async () => (await database().jobStep.count({ where: { state: 'sleeping' } })) === 1);
    await setBackAnHour();
    const wakesIn = async () => {
      const [row] = await database().$queryRaw<{ minutes: number }[]>`
        SELECT (extract(epoch FROM wake_at - now()) / 60)::float8 AS minutes FROM job_step WHERE state = 'sleeping'`;
      return row?.minutes ?? Number.NaN;
    };
    await until(async () => (await wakesIn()) <= 30);
    expect(await wakesIn()).toBeGreaterThan(20);
    await sleptEnough();
    await endedRun('test-f');
    expect(seen).toEqual(['awake']);
  });
});

describe('several runners on one database', () => {
  it('call each step once', async () => {
    const counts = new Map<string, number>();
    const define = (inngest: Inngest) => [
      inngest.createFunction({ id: 'f', ...trigger }, async ({ step, event }) => {
        for (const name of ['a', 'b']) {
          await step.run(name, () => {
            const key = `${event.id}${name}`;
            counts.set(key, (counts.get(key) ?? 0) + 1);
          });
        }
      }),
    ];
    engine = await startEngine(define);
    const second = await startEngine(define);
    try {
      const events = Array.from({ length: 30 }, (_, n) => ({ id: `go-${n}`, name: 'test/go', data: { n } }));
      await engine.inngest.send(events);
      await until(async () => (await database().jobRun.count({ where: { state: 'completed' } })) === 30);
      expect([...counts.values()]).toEqual(Array(60).fill(1));
    } finally {
      await second.stop();
    }
  });
});
