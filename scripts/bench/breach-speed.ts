import { setTimeout as sleep } from 'node:timers/promises';
import { OFREPWebProvider } from '@openfeature/ofrep-web-provider';
import { OpenFeature, ProviderEvents } from '@openfeature/web-sdk';
import { EventSource } from 'eventsource';
import { database } from '#lib/database/server.ts';
import type { BenchApp } from './bench-app.ts';
import { benchRollout } from './bench-policy.ts';
import { type Figure, median } from './figure.ts';

const WARM_ROUNDS = 3;
const SEEN_WITHIN_MS = 60_000;
/** Telemetry of users who are fine keeps arriving meanwhile. */
const BACKGROUND_EVERY_MS = 200;
const LONGEST_PAUSE_MS = 1500;

type Round = { answeredMs: number; takenMs: number; begunMs: number; seenMs: number };

/**
 * From the POST of breaching events to the change seen by a connected OpenFeature client: each round breaches a rollout
 * of its own that is in its second phase and steps back by itself. Nothing is called but what clients call.
 */
export async function breachSpeed(
  app: BenchApp,
  keys: { ingest: string; flags: string },
  options: { rounds: number; say: (line: string) => void },
): Promise<Figure[]> {
  const { rounds, say } = options;
  await served(app.url, keys.flags, benchRollout(0).flag);
  const client = await connectedClient(app.url, keys.flags);
  const background = startBackground(app.url, keys.ingest);
  const measured: Round[] = [];
  try {
    for (let number = 0; number < WARM_ROUNDS + rounds; number += 1) {
      await sleep(Math.random() * LONGEST_PAUSE_MS); // at any time between two looks of the fast lane
      const round = await oneRound(app.url, keys.ingest, client, number);
      if (number >= WARM_ROUNDS) measured.push(round);
    }
  } finally {
    await background.stop();
    await OpenFeature.close();
  }
  const sorted = measured.map(({ seenMs }) => seenMs).sort((a, b) => a - b);
  const rank = (share: number) => sorted[Math.ceil(share * sorted.length) - 1] ?? Number.NaN;
  const at = (pick: (round: Round) => number) => Math.round(median(measured.map(pick)));
  const parts = `counted and answered at ${at((r) => r.answeredMs)}, taken by the runner at ${at((r) => r.takenMs)}, looked at from ${at((r) => r.begunMs)}, seen at ${at((r) => r.seenMs)} ms`;
  say(`${rounds} rounds, median: ${parts}; slowest ${Math.round(sorted.at(-1) ?? Number.NaN)} ms`);
  return [
    { id: 'breach_to_flag.p50_ms', value: rank(0.5), unit: 'ms', reach: null, note: parts },
    {
      id: 'breach_to_flag.p99_ms',
      value: rank(0.99),
      unit: 'ms',
      reach: { atMost: 10_000 },
      note: `ingest of breaching events to the change in an OpenFeature client, ${rounds} rounds`,
    },
  ];
}

/** Waits until the running app has read the policy that was given to it. */
async function served(url: string, key: string, flag: string): Promise<void> {
  const giveUpAt = performance.now() + SEEN_WITHIN_MS;
  while (performance.now() < giveUpAt) {
    const response = await fetch(`${url}/ofrep/v1/evaluate/flags/${flag}`, {
      method: 'POST',
      headers: { authorization: `Bearer ${key}`, 'content-type': 'application/json' },
      body: JSON.stringify({ context: { targetingKey: 'user-1' } }),
    });
    await response.arrayBuffer();
    if (response.status === 200) return;
    await sleep(100);
  }
  throw new Error(`${flag} is not served`);
}

type Client = ReturnType<typeof OpenFeature.getClient>;

async function connectedClient(baseUrl: string, key: string): Promise<Client> {
  Object.assign(globalThis, { EventSource }); // what every browser has and Node has not
  await OpenFeature.setContext('bench', { targetingKey: 'user-1' });
  const provider = new OFREPWebProvider({
    baseUrl,
    cacheMode: 'disabled',
    headers: [['Authorization', `Bearer ${key}`]],
  });
  // The provider declares its hooks in a way that exactOptionalPropertyTypes refuses.
  await OpenFeature.setProviderAndWait('bench', Object.assign(provider, { hooks: [] }));
  return OpenFeature.getClient('bench');
}

async function oneRound(url: string, key: string, client: Client, number: number): Promise<Round> {
  const { rolloutId, phase, flag, before, after } = benchRollout(number);
  const value = () => client.getStringValue(flag, 'unknown');
  if (value() !== before) throw new Error(`${flag} is ${value()}, not ${before}`);
  const seen = new Promise<number>((resolve, reject) => {
    const limit = setTimeout(() => reject(new Error(`${flag} was not changed`)), SEEN_WITHIN_MS);
    const look = () => {
      if (value() !== after) return;
      clearTimeout(limit);
      client.removeHandler(ProviderEvents.ConfigurationChanged, look);
      resolve(performance.now());
    };
    client.addHandler(ProviderEvents.ConfigurationChanged, look);
  });
  const begunAt = performance.now();
  const wallClock = Date.now();
  await send(url, key, breach(rolloutId, phase));
  const answeredMs = performance.now() - begunAt;
  const seenMs = (await seen) - begunAt;
  const change = await database().phaseChange.findFirstOrThrow({
    where: { rolloutId, kind: 'rollback' },
    select: { createdAt: true },
  });
  const event = await database().jobEvent.findFirstOrThrow({
    where: { name: 'phasegate/telemetry.arrived', receivedAt: { lte: change.createdAt } },
    orderBy: { receivedAt: 'desc' },
    select: { receivedAt: true },
  });
  return {
    answeredMs,
    takenMs: event.receivedAt.getTime() - wallClock,
    begunMs: change.createdAt.getTime() - wallClock,
    seenMs,
  };
}

const event = (fields: Record<string, unknown>): string =>
  JSON.stringify({ ts: new Date().toISOString(), component: 'autosave', feature: 'autosave', ...fields });

function breach(rollout: string, phase: string): string[] {
  return Array.from({ length: 200 }, (_, i) =>
    i % 2 === 0
      ? event({ rollout, phase, event: 'autosave.save.error', code: 'disk_full' })
      : event({ rollout, phase, event: 'autosave.save.completed', duration_ms: 400 + i }),
  );
}

async function send(url: string, key: string, lines: readonly string[]): Promise<void> {
  const response = await fetch(`${url}/api/v1/events`, {
    method: 'POST',
    headers: { authorization: `Bearer ${key}`, 'content-type': 'application/x-ndjson' },
    body: `${lines.join('\n')}\n`,
  });
  if (response.status !== 200)
    throw new Error(`ingest answered ${response.status}: ${await response.text()}`);
  await response.arrayBuffer();
}

function startBackground(url: string, key: string): { stop: () => Promise<void> } {
  let stopped = false;
  const healthy = () =>
    Array.from({ length: 50 }, () =>
      event({
        rollout: 'autosave',
        phase: 'A',
        event: 'autosave.save.completed',
        duration_ms: 300 + 100 * Math.random(),
      }),
    );
  const running = (async () => {
    while (!stopped) {
      await send(url, key, healthy());
      await sleep(BACKGROUND_EVERY_MS);
    }
  })();
  return {
    stop: async () => {
      stopped = true;
      await running;
    },
  };
}
