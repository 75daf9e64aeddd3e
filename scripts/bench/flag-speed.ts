import { writeFile } from 'node:fs/promises';
import type { BenchApp } from './bench-app.ts';
import { type BenchOptions, type Figure, median } from './figure.ts';
import { answersPerSecond } from './load-order.ts';

const FLAG = 'autosave.enabled';
const CONNECTIONS = 16;
const ROUND_MS = 2500;
const WARM_MS = 4000;
const CONTEXT = JSON.stringify({ context: { targetingKey: 'user-1', cohort: 'qa' } });

/**
 * Evaluations per second of the OFREP endpoints against bare routes of the same build that answer the same JSON, in turns,
 * so that a busy machine is busy for all of them. Every client sends the same request; the bare routes ignore it.
 */
export async function flagSpeed(app: BenchApp, key: string, options: BenchOptions): Promise<Figure[]> {
  const { rounds, say } = options;
  const flags = `${app.url}/ofrep/v1/evaluate/flags`;
  const authorization = { authorization: `Bearer ${key}` };
  const ask = (url: string) =>
    fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json', ...authorization },
      body: CONTEXT,
    });
  const [single, bulk] = await Promise.all([ask(`${flags}/${FLAG}`), ask(flags)]);
  const tag = bulk.headers.get('etag');
  if (single.status !== 200 || bulk.status !== 200 || tag === null)
    throw new Error(`the flags answer ${single.status} and ${bulk.status}`);
  await writeFile(app.answersFile, JSON.stringify({ single: await single.json(), bulk: await bulk.json() }));

  const load = (milliseconds: number) => ({ body: CONTEXT, connections: CONNECTIONS, milliseconds });
  const contenders = {
    single: { url: `${flags}/${FLAG}`, headers: authorization, status: 200 },
    bareSingle: { url: `${app.url}/bench/single`, headers: authorization, status: 200 },
    bulk304: { url: flags, headers: { ...authorization, 'if-none-match': tag }, status: 304 },
    bareBulk: {
      url: `${app.url}/bench/bulk`,
      headers: { ...authorization, 'if-none-match': tag },
      status: 200,
    },
  } as const;
  type Name = keyof typeof contenders;
  const names = Object.keys(contenders) as Name[];
  const measured: Record<Name, number[]> = { single: [], bareSingle: [], bulk304: [], bareBulk: [] };
  for (const name of names) await answersPerSecond({ ...contenders[name], ...load(WARM_MS) });
  for (let round = 1; round <= rounds; round += 1) {
    // Forwards and backwards, so that nobody is always the one after the garbage of another.
    for (const name of round % 2 === 1 ? names : names.toReversed())
      measured[name].push(await answersPerSecond({ ...contenders[name], ...load(ROUND_MS) }));
    const shown = names.map((name) => `${name} ${Math.round(measured[name].at(-1) ?? 0)}/s`);
    say(`round ${round}: ${shown.join(', ')}`);
  }
  const against = (ours: Name, bare: Name) =>
    median(measured[ours].map((value, i) => value / (measured[bare][i] ?? Number.NaN)));
  const perSecond = (name: Name) => Math.round(median(measured[name])).toLocaleString('en');
  return [
    {
      id: 'flags.single_vs_bare',
      value: against('single', 'bareSingle'),
      unit: 'ratio',
      reach: { atLeast: 0.7 },
      note: `one flag, ${perSecond('single')}/s over a bare route's ${perSecond('bareSingle')}/s, median of ${rounds}`,
    },
    {
      id: 'flags.bulk_304_vs_bare',
      value: against('bulk304', 'bareBulk'),
      unit: 'ratio',
      reach: { atLeast: 0.7 },
      note: `all flags unchanged, ${perSecond('bulk304')}/s over a bare route's ${perSecond('bareBulk')}/s, median of ${rounds}`,
    },
  ];
}
