import { database } from '#lib/database/server.ts';
import { cliActor } from '#lib/identity/index.ts';
import { createApiKey } from '#lib/identity/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { SloReportSchema } from '#lib/slo/slo-report.schema.ts';
import { startBenchApp } from './bench-app.ts';
import type { Bench } from './figure.ts';
import { seedYear } from './slo-year.ts';

const ROLLOUT = 'autosave';
const LOOKS = 100;
const WARM_LOOKS = 10;
const WINDOW_MS = 900_000;

/**
 * How fast the committee's report answers over HTTP, on the app as it is run in production, with a year of windows in every
 * phase of a rollout: just after a verdict has changed, so that everything is counted anew, and again without a change.
 */
export const sloBench: Bench = async ({ say }) => {
  // Up to the last full window: what the runner of the app judges meanwhile is newer.
  const end = new Date(Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS);
  const app = await startBenchApp({
    governanceDir: 'governance',
    say,
    prepare: async () => {
      await ensureRollouts(new Date());
      const loaded = await loadPolicy();
      const phases = loaded.policy.rollouts[ROLLOUT]?.phases.map(({ id }) => id) ?? [];
      const { verdicts, slices } = await seedYear(loaded, ROLLOUT, phases, end);
      say(`${verdicts} verdicts and ${slices} slices in phases ${phases.join(', ')}`);
    },
  });
  try {
    const { key } = await createApiKey(
      { name: 'bench', scopes: ['read:metrics'] },
      cliActor('bench'),
      new Date(),
    );
    const look = async (): Promise<number> => {
      const begun = performance.now();
      const response = await fetch(`${app.url}/api/v1/slo?rollout=${ROLLOUT}`, {
        headers: { authorization: `Bearer ${key}` },
      });
      const answer = await response.text();
      const milliseconds = performance.now() - begun;
      if (response.status !== 200) throw new Error(`the report answers ${response.status}: ${answer}`);
      const { objectives, coverage } = SloReportSchema.parse(JSON.parse(answer));
      if (objectives.length === 0 || coverage.judgedWindows < 2000)
        throw new Error('the report is not of the year that was put there');
      return milliseconds;
    };
    const touch = () => database().$executeRaw`
      UPDATE slo_revision SET revision = revision + 1 WHERE rollout_id = ${ROLLOUT}`;
    const anew = await looks(async () => {
      await touch();
      return await look();
    });
    const again = await looks(look);
    say(`anew p50 ${at(anew, 0.5).toFixed(0)} ms, again p50 ${at(again, 0.5).toFixed(0)} ms`);
    return [
      {
        id: 'slo_1y.p95_ms',
        value: at(anew, 0.95),
        unit: 'ms',
        reach: { atMost: 200 },
        note: `the report counted anew, a year of windows in each phase, ${LOOKS} looks over HTTP`,
      },
      {
        id: 'slo_1y.cached_p95_ms',
        value: at(again, 0.95),
        unit: 'ms',
        reach: { atMost: 50 },
        note: `the same without a new verdict, ${LOOKS} looks`,
      },
    ];
  } finally {
    await app.stop();
  }
};

async function looks(look: () => Promise<number>): Promise<number[]> {
  for (let i = 0; i < WARM_LOOKS; i += 1) await look();
  const measured: number[] = [];
  for (let i = 0; i < LOOKS; i += 1) measured.push(await look());
  return measured.sort((a, b) => a - b);
}

/** Nearest rank. */
function at(sorted: readonly number[], quantile: number): number {
  return sorted[Math.ceil(quantile * sorted.length) - 1] ?? Number.NaN;
}
