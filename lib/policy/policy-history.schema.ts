import { z } from 'zod';

/** How it is known who changed the policy: the last commit of its files, PHASEGATE_POLICY_BY, or the files' owner. */
export const ORIGIN_SOURCES = ['git', 'environment', 'file', 'unknown'] as const;
export type OriginSource = (typeof ORIGIN_SOURCES)[number];

/** A version of the policy: 64 hexadecimal digits over the bytes of its files. */
export const PolicyHashSchema = z.string().regex(/^[0-9a-f]{64}$/);

/** One time a version came into force; a version that comes back has another. `author`: '' where nobody knows any more. */
export const PolicyAdoptionSchema = z.strictObject({
  hash: PolicyHashSchema,
  at: z.iso.datetime(),
  source: z.enum(ORIGIN_SOURCES),
  author: z.string(),
  commitId: z.string().nullable(),
  /** The commit's subject. */
  note: z.string(),
  /** When the commit was made or the newest of the files written. */
  changedAt: z.iso.datetime().nullable(),
});
export type PolicyAdoption = z.infer<typeof PolicyAdoptionSchema>;

/** Every time another version came into force, newest first (PHA-6). */
export const PolicyVersionListSchema = z.strictObject({
  inForce: PolicyHashSchema,
  versions: z.array(PolicyAdoptionSchema),
});
export type PolicyVersionList = z.infer<typeof PolicyVersionListSchema>;

/** The files of governance/ that make up a version. */
export const POLICY_FILES = [
  'policy.yaml',
  'events.yaml',
  'killswitch-rules.yaml',
  'retry-policy.yaml',
] as const;
export type PolicyFile = (typeof POLICY_FILES)[number];

/** One version with its text; '' for a file of before there was one. */
export const PolicyVersionTextSchema = z.strictObject({
  hash: PolicyHashSchema,
  recordedAt: z.iso.datetime(),
  adoptions: z.array(PolicyAdoptionSchema),
  files: z.strictObject(
    Object.fromEntries(POLICY_FILES.map((file) => [file, z.string()])) as Record<PolicyFile, z.ZodString>,
  ),
});
export type PolicyVersionText = z.infer<typeof PolicyVersionTextSchema>;

const LabelSchema = z.strictObject({ ja: z.string(), en: z.string() });

/** One step of a path; `label` where the policy itself names what stands there. */
const PathStepSchema = z.strictObject({ key: z.string(), label: LabelSchema.nullable() });
export type PathStep = z.infer<typeof PathStepSchema>;

export const PolicyChangeSchema = z.strictObject({
  file: z.enum(POLICY_FILES),
  /** As people would write it: `rollouts.autosave.phases[B].objectives[save_error_rate].max`. */
  path: z.string(),
  steps: z.array(PathStepSchema),
  kind: z.enum(['added', 'removed', 'changed', 'reordered']),
  before: z.json(),
  after: z.json(),
  /** Whether a promotion has become easier or harder to get, or a rollback slower or faster, where that can be told. */
  effect: z.enum(['stricter', 'looser']).nullable(),
  /** What a limit is measured in. */
  unit: z.enum(['ms', 'ratio', 'count']).nullable(),
});
export type PolicyChange = z.infer<typeof PolicyChangeSchema>;

export const TextDiffSchema = z.strictObject({
  file: z.enum(POLICY_FILES),
  hunks: z.array(
    z.strictObject({
      oldStart: z.int().nonnegative(),
      newStart: z.int().nonnegative(),
      /** Each begins with ' ', '-' or '+'. */
      lines: z.array(z.string()),
    }),
  ),
});
export type TextDiff = z.infer<typeof TextDiffSchema>;

/** What differs between two versions: by meaning and line by line. */
export const PolicyDiffSchema = z.strictObject({
  from: PolicyHashSchema,
  to: PolicyHashSchema,
  changes: z.array(PolicyChangeSchema),
  text: z.array(TextDiffSchema),
});
export type PolicyDiff = z.infer<typeof PolicyDiffSchema>;

/** A hash or the beginning of one; `in-force` for the version in force. */
export const PolicyReferenceSchema = z.string().regex(/^(in-force|previous|[0-9a-f]{7,64})$/, {
  error: 'write a version as the first 7 to 64 digits of its hash, in-force, or previous',
});

/** Query of GET /api/v1/policy/diff; by default what came into force last against what was before it. */
export const PolicyDiffQuerySchema = z.strictObject({
  from: PolicyReferenceSchema.default('previous'),
  to: PolicyReferenceSchema.default('in-force'),
});
