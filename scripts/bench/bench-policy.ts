import { cp, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { parse, stringify } from 'yaml';
import { z } from 'zod';

const PolicySchema = z.looseObject({
  rollouts: z.record(z.string(), z.looseObject({ phases: z.array(z.looseObject({ id: z.string() })) })),
});
const PHASES = ['one', 'two'] as const;

/** The rollout of a round: in `phase` it serves `before`, one phase back `after`. */
export function benchRollout(number: number) {
  return {
    rolloutId: `bench-${number}`,
    phase: PHASES[1],
    flag: `bench.f${number}`,
    before: PHASES[1],
    after: PHASES[0],
  };
}

/**
 * The shipped policy with `count` rollouts more, two phases each, that step back by themselves. Their phases ask what the
 * phases of `autosave` ask. Writes into `directory`; returns the ids of the rollouts that were added.
 */
export async function writeBenchPolicy(directory: string, count: number): Promise<string[]> {
  await cp('governance', directory, { recursive: true });
  const policy = PolicySchema.parse(parse(await readFile('governance/policy.yaml', 'utf8')));
  const model = policy.rollouts.autosave;
  if (!model) throw new Error('the policy has no rollout autosave');
  const added = Array.from({ length: count }, (_, number) => benchRollout(number));
  for (const { rolloutId, flag } of added)
    policy.rollouts[rolloutId] = {
      ...model,
      restartFrom: PHASES[0],
      flagDefaults: { [flag]: 'none' },
      signals: {},
      phases: PHASES.map((id, i) => ({
        ...model.phases[i],
        id,
        audience: 'everyone',
        exposure: 1,
        flags: { [flag]: id },
        rollback: { mode: 'automatic' },
      })),
    };
  await writeFile(join(directory, 'policy.yaml'), stringify(policy));
  return added.map(({ rolloutId }) => rolloutId);
}
