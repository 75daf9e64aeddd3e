import { z } from 'zod';
import type { PathStep, PolicyChange } from '../policy-history.schema.ts';

const LabelSchema = z.object({ ja: z.string(), en: z.string() });
const LabelledSchema = z.object({ label: LabelSchema });
const MetricSchema = z.object({ unit: z.enum(['ms', 'ratio', 'count']) });
const LIMITS = ['max', 'min', 'below', 'above'];

/** What the policy itself calls the places of a path, and what their values are measured in; the newer version speaks first. Pure. */
export function labelsOf(before: unknown, after: unknown) {
  const look = (path: readonly string[]): unknown => at(after, path) ?? at(before, path);
  return {
    of: (path: readonly string[]): PathStep['label'] => {
      const key = path.at(-1) ?? '';
      const parent = path.at(-2);
      const found =
        parent === 'objectives'
          ? look(['metrics', key])
          : parent === 'roles'
            ? { label: look(['roles', key]) }
            : parent === 'approvals'
              ? { label: look(['roles', key]) }
              : look(path);
      const labelled = LabelledSchema.safeParse(found);
      return labelled.success ? { ja: labelled.data.label.ja, en: labelled.data.label.en } : null;
    },
    unit: (path: readonly string[]): PolicyChange['unit'] => {
      if (!LIMITS.includes(path.at(-1) ?? '') || path.at(-3) !== 'objectives') return null;
      const metric = MetricSchema.safeParse(look(['metrics', path.at(-2) ?? '']));
      return metric.success ? metric.data.unit : null;
    },
  };
}

/** The value at a path; entries of lists go by their id. */
function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>((here, key) => {
    if (Array.isArray(here))
      return here.find((each) => typeof each === 'object' && each !== null && each.id === key);
    if (typeof here === 'object' && here !== null && Object.hasOwn(here, key))
      return (here as Record<string, unknown>)[key];
    return undefined;
  }, value);
}
