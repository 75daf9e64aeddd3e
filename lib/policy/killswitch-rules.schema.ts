import { z } from 'zod';
import { DurationSchema } from './duration.ts';

const LocalizedSchema = z.strictObject({ ja: z.string().min(1), en: z.string().min(1) });
const CountSchema = z.int().min(2);

/** What a condition looks at. Counts begin anew whenever a kill switch that the rule has pressed is armed again. */
const ConditionSchema = z.discriminatedUnion('kind', [
  /** Flapping: a rollout stepped this often, forwards or backwards, by people or by itself. */
  z.strictObject({ kind: z.literal('phase_changes'), count: CountSchema, within: DurationSchema }),
  /** A loop: one function was started this often. */
  z.strictObject({ kind: z.literal('runs_of_function'), count: CountSchema, within: DurationSchema }),
  /** A loop inside one run: it was called this often and has not ended. */
  z.strictObject({ kind: z.literal('calls_of_run'), count: CountSchema }),
  /** Runaway retries: the runs of one function had to be repeated this often. */
  z.strictObject({ kind: z.literal('retries_of_function'), count: CountSchema, within: DurationSchema }),
  /** Memory of the app's process (resident set), at every look for this long. */
  z.strictObject({ kind: z.literal('memory'), megabytes: z.int().positive(), for: DurationSchema }),
  /** Size of the database. */
  z.strictObject({ kind: z.literal('database_size'), gigabytes: z.int().positive() }),
  /** Share of the database server's connections that are taken, at every look for this long. */
  z.strictObject({
    kind: z.literal('database_connections'),
    share: z.number().gt(0).lte(1),
    for: DurationSchema,
  }),
]);

const RuleSchema = z
  .strictObject({
    id: z.string().regex(/^[a-z][a-z0-9-]{0,62}$/, { error: 'use lower case letters, digits and -' }),
    label: LocalizedSchema,
    enabled: z.boolean().default(true),
    /** What the kill switch stops when it is pressed: `rollout`: the one that the condition is about. */
    scope: z.enum(['rollout', 'everything']).default('everything'),
    condition: ConditionSchema,
  })
  .refine((rule) => rule.scope === 'everything' || rule.condition.kind === 'phase_changes', {
    path: ['scope'],
    error: 'only phase_changes is about one rollout; write scope: everything',
  })
  .transform(({ condition, ...rest }) => ({ ...rest, condition: inSeconds(condition) }));

/** governance/killswitch-rules.yaml (OPS-7): when Phasegate presses its own kill switch. */
export const KillSwitchRulesSchema = z
  .strictObject({ version: z.literal(1), rules: z.array(RuleSchema) })
  .superRefine(({ rules }, context) => {
    const ids = rules.map((rule) => rule.id);
    ids.forEach((id, index) => {
      if (ids.indexOf(id) !== index)
        context.addIssue({
          code: 'custom',
          path: ['rules', index, 'id'],
          message: `rule "${id}" is listed twice`,
        });
    });
  });
export type KillSwitchRules = z.infer<typeof KillSwitchRulesSchema>;
export type KillSwitchRule = KillSwitchRules['rules'][number];
export type KillSwitchCondition = KillSwitchRule['condition'];

function inSeconds(condition: z.infer<typeof ConditionSchema>) {
  switch (condition.kind) {
    case 'phase_changes':
    case 'runs_of_function':
    case 'retries_of_function':
      return { kind: condition.kind, count: condition.count, withinSeconds: condition.within };
    case 'calls_of_run':
    case 'database_size':
      return condition;
    case 'memory':
      return { kind: condition.kind, megabytes: condition.megabytes, forSeconds: condition.for };
    case 'database_connections':
      return { kind: condition.kind, share: condition.share, forSeconds: condition.for };
  }
}
