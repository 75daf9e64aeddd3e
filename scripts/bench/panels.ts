import { PanelViewSchema } from '#lib/dashboard/index.ts';
import { database } from '#lib/database/server.ts';
import { cliActor } from '#lib/identity/index.ts';
import { createApiKey } from '#lib/identity/server.ts';
import type { LoadedPolicy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { ensureRollouts } from '#lib/rollouts/server.ts';
import { startBenchApp } from './bench-app.ts';
import type { Bench } from './figure.ts';

const ROLLOUT = 'autosave-merge';
const DAYS = 91;
const LOOKS = 100;
const WARM_LOOKS = 10;
const WINDOW_MS = 900_000;

/**
 * How fast the panels of a rollout's page answer over HTTP with 90 days of windows, on the app as it is run in production:
 * after a revision, so that everything is read anew, and again without one. All panels take their turns.
 */
export const panelsBench: Bench = async ({ say }) => {
  const end = new Date(Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS);
  let panels: string[] = [];
  const app = await startBenchApp({
    governanceDir: 'governance',
    say,
    prepare: async () => {
      await ensureRollouts(new Date(end.getTime() - DAYS * 86_400_000));
      const loaded = await loadPolicy();
      panels = loaded.policy.rollouts[ROLLOUT]?.panels ?? [];
      const { verdicts, readings } = await seedPanels(loaded, end);
      say(`${verdicts} verdicts and ${readings} readings, panels ${panels.join(', ')}`);
    },
  });
  try {
    const { key } = await createApiKey(
      { name: 'bench', scopes: ['read:metrics'] },
      cliActor('bench'),
      new Date(),
    );
    let turn = 0;
    const look = async (): Promise<number> => {
      const panel = panels[turn % panels.length] ?? '';
      const begun = performance.now();
      const response = await fetch(`${app.url}/api/v1/rollouts/${ROLLOUT}/panels/${panel}?range=90d`, {
        headers: { authorization: `Bearer ${key}` },
      });
      const answer = await response.text();
      const milliseconds = performance.now() - begun;
      if (response.status !== 200) throw new Error(`${panel} answers ${response.status}: ${answer}`);
      const { series } = PanelViewSchema.parse(JSON.parse(answer));
      const windows = series[0]?.points.reduce((sum, point) => sum + point.windows, 0) ?? 0;
      if (windows < 8600) throw new Error(`${panel} shows ${windows} windows, not those of 90 days`);
      return milliseconds;
    };
    const anew = await looks(async () => {
      turn += 1;
      await revise(end, turn);
      return await look();
    });
    const again = await looks(async () => {
      turn += 1;
      return await look();
    });
    say(`anew p50 ${at(anew, 0.5).toFixed(0)} ms, again p50 ${at(again, 0.5).toFixed(0)} ms`);
    return [
      {
        id: 'panel_90d.p95_ms',
        value: at(anew, 0.95),
        unit: 'ms',
        reach: { atMost: 200 },
        note: `a panel with 90 days of windows read anew, ${LOOKS} looks over HTTP`,
      },
      {
        id: 'panel_cached.p95_ms',
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

/** 91 days of judged windows, one verdict each, with a reading of every metric; as after keeping house. */
async function seedPanels(
  { policy, hash }: LoadedPolicy,
  end: Date,
): Promise<{ verdicts: number; readings: number }> {
  const from = new Date(end.getTime() - DAYS * 86_400_000);
  const phase = policy.rollouts[ROLLOUT]?.phases[0]?.id ?? '';
  const verdicts = await database().$executeRaw`
    INSERT INTO verdict (id, rollout_id, phase, window_start, window_end, revision, is_latest, verdict, slo_met, breach,
      rollback_required, notify_level, retryable_failures, policy_hash, input_hash, metrics)
    SELECT gen_random_uuid(), ${ROLLOUT}, ${phase}, at, at + interval '15 minutes', 1, true,
      CASE WHEN random() < 0.01 THEN 'violation' WHEN random() < 0.02 THEN 'insufficient_data' ELSE 'pass' END,
      true, false, false, 'none', 0, ${hash}, md5(at::text), '[]'::jsonb
    FROM generate_series(${from}::timestamptz, ${end}::timestamptz - interval '15 minutes', interval '15 minutes') AS at`;
  const readings = await database().$executeRaw`
    INSERT INTO metric_reading (verdict_id, metric, rollout_id, phase, window_start, is_latest, value, limit_value,
      warn_value, verdict, samples, reason)
    SELECT v.id, metric, v.rollout_id, v.phase, v.window_start, true,
      CASE WHEN v.verdict = 'insufficient_data' THEN NULL ELSE random() END, 0.99, 0.95, v.verdict, 1000, 'within_limit'
    FROM verdict AS v, unnest(${Object.keys(policy.metrics)}::text[]) AS metric`;
  await database().$executeRaw`VACUUM ANALYZE verdict, metric_reading`;
  return { verdicts, readings };
}

/** A revision of one window, as late events bring it: whatever was kept of the span is no longer what there is. */
async function revise(end: Date, number: number): Promise<void> {
  await database().$executeRaw`
    INSERT INTO verdict (id, rollout_id, phase, window_start, window_end, revision, is_latest, verdict, slo_met, breach,
      rollback_required, notify_level, retryable_failures, policy_hash, input_hash, metrics)
    SELECT gen_random_uuid(), rollout_id, phase, window_start, window_end, ${1000 + number}, false, verdict, slo_met,
      breach, rollback_required, notify_level, retryable_failures, policy_hash, input_hash, metrics
    FROM verdict WHERE rollout_id = ${ROLLOUT} AND window_end < ${end} ORDER BY window_start DESC LIMIT 1`;
}

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
