import { writeFile } from 'node:fs/promises';
import { cpus, totalmem } from 'node:os';
import { Command, InvalidArgumentError } from 'commander';
import { auditBench } from './audit.ts';
import { collectBench } from './collect.ts';
import { type Bench, type Figure, formatFigure } from './figure.ts';
import { flagsBench } from './flags.ts';
import { overviewBench } from './overview.ts';
import { panelsBench } from './panels.ts';
import { sloBench } from './slo.ts';

const BENCHES: Readonly<Record<string, Bench>> = {
  audit: auditBench,
  collect: collectBench,
  flags: flagsBench,
  overview: overviewBench,
  panels: panelsBench,
  slo: sloBench,
};

const positiveInteger = (text: string): number => {
  const value = Number(text);
  if (!Number.isSafeInteger(value) || value <= 0)
    throw new InvalidArgumentError('expected a whole number above 0');
  return value;
};

const program = new Command('bench')
  .description('Measures Phasegate against the obvious alternatives, all in the same run')
  .option('--only <name>', `one bench only: ${Object.keys(BENCHES).join(', ')}`)
  .option('--json <file>', 'write the figures there as well')
  .option('--events <n>', 'events in the window; fewer for a quick look', positiveInteger, 3_000_000)
  .option('--rounds <n>', 'how often the fast contenders run', positiveInteger, 5)
  .parse();
const { only, json, events, rounds } = program.opts<{
  only?: string;
  json?: string;
  events: number;
  rounds: number;
}>();

const chosen = Object.entries(BENCHES).filter(([name]) => only === undefined || name === only);
if (chosen.length === 0)
  program.error(`--only ${only}: known benches are ${Object.keys(BENCHES).join(', ')}`, { exitCode: 2 });

const figures: Figure[] = [];
for (const [name, bench] of chosen) {
  console.log(`\n${name}`);
  figures.push(...(await bench({ events, rounds, say: (line) => console.log(`  ${line}`) })));
}
const machine = {
  cpu: cpus()[0]?.model ?? 'unknown',
  cores: cpus().length,
  memoryMb: Math.round(totalmem() / 1024 ** 2),
  node: process.version,
};
console.log(`\n${machine.cores} × ${machine.cpu}, ${machine.memoryMb} MB, Node ${machine.node}`);
for (const figure of figures) console.log(formatFigure(figure));
if (json !== undefined) {
  const values = Object.fromEntries(figures.map((figure) => [figure.id, figure.value]));
  await writeFile(json, `${JSON.stringify({ machine, events, values, figures }, null, 2)}\n`);
}
