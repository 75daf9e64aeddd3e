import { analyzeRange } from '#lib/analyzer/server.ts';
import { markCycle, planCycles } from '#lib/collector/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';

// So few are nothing to hurry about: the runner does them when the app is up.
const FEW_WINDOWS = 8;

/**
 * Collects and judges the demo's past in one go while the app is being built, so that its pages are full at once. The same
 * Collector and Analyzer do it window by window later; the newest window is left to that ordinary way.
 */
async function main(): Promise<void> {
  const due = (await planCycles()).slice(0, -1);
  const [first, last] = [due[0], due.at(-1)];
  if (first === undefined || last === undefined || due.length < FEW_WINDOWS) return;
  await analyzeRange({ from: first.windowStart, to: last.windowEnd });
  for (const { windowStart } of due) {
    for (const stage of ['collect', 'analyze', 'report'] as const) await markCycle(stage, windowStart);
  }
  console.log(`${due.length} windows judged`);
}

await main();
await disconnectDatabase();
