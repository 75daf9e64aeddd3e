import { randomUUID } from 'node:crypto';
import { appendFile, mkdir } from 'node:fs/promises';
import { dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { log } from '#lib/config/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import { listRollouts } from '#lib/rollouts/server.ts';
import { instanceDir } from '../machine/instance.ts';
import { readSampleState, sampleFile, writeSampleState } from './sample-store.ts';
import { linesBetween } from './window-lines.ts';

const TICK_MS = 5_000;
const LONGEST_QUEUE = 200;

type Request = { key: string; body: string };

const logger = log('emitter');
const [url, apiKey] = [process.env.DEMO_EVENTS_URL, process.env.DEMO_API_KEY];
if (!url || !apiKey) throw new Error('DEMO_EVENTS_URL and DEMO_API_KEY are needed; the demo sets them');
const eventsUrl: string = url;
const authorization = `Bearer ${apiKey}`;
const queue: Request[] = [];
let stopping = false;
for (const name of ['SIGTERM', 'SIGINT'] as const) {
  process.once(name, () => {
    stopping = true;
  });
}

/** Sends what waits, oldest first. A request that failed is sent again under its key, so that it counts once. */
async function sendQueue(): Promise<void> {
  for (let first = queue[0]; first !== undefined; first = queue[0]) {
    const response = await fetch(eventsUrl, {
      method: 'POST',
      headers: { authorization, 'content-type': 'application/x-ndjson', 'idempotency-key': first.key },
      body: first.body,
      signal: AbortSignal.timeout(10_000),
    });
    if (!response.ok) throw new Error(`${eventsUrl} answered ${response.status}: ${await response.text()}`);
    queue.shift();
  }
}

async function tick(dir: string): Promise<void> {
  const state = await readSampleState(dir);
  if (state === undefined) throw new Error('the sample has not been written');
  const nowMs = Date.now();
  // Noted first: after a crash in between a few events are missing, but none is there twice.
  await writeSampleState(dir, { anchor: state.anchor, until: new Date(nowMs) });
  for (const { id, phase } of await listRollouts()) {
    const lines = linesBetween(id, phase, state.until.getTime(), nowMs);
    if (lines.length === 0) continue;
    const body = `${lines.join('\n')}\n`;
    if (id === 'autosave') {
      queue.push({ key: randomUUID(), body });
      continue;
    }
    const file = sampleFile(dir, id, phase, new Date(nowMs));
    await mkdir(dirname(file), { recursive: true });
    await appendFile(file, body);
  }
  if (queue.length > LONGEST_QUEUE) queue.splice(0, queue.length - LONGEST_QUEUE);
  await sendQueue();
}

const dir = instanceDir('demo');
while (!stopping) {
  try {
    await tick(dir);
  } catch (cause) {
    logger.warn({ cause: cause instanceof Error ? cause.message : String(cause) }, 'sample telemetry waits');
  }
  for (let waited = 0; waited < TICK_MS && !stopping; waited += 100) await sleep(100);
}
await disconnectDatabase();
