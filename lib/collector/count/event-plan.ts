import { type EventRule, MAX_COMMON_LENGTH } from '#lib/telemetry/counting.ts';
import { ByteInterner } from './byte-interner.ts';

/** One level of the way from an event to its cell: a value of the line as a small number. */
export type Step = {
  slot: number;
  interner: ByteInterner | null;
  open: boolean;
  above: number | null;
  name: string;
};

type NumberCheck = { slot: number; required: boolean; integer: boolean; min: number; max: number };
type StringCheck = { slot: number; required: boolean; maxLength: number; values: ByteInterner | null };
type BooleanCheck = { slot: number; required: boolean };

/** The rules of one event, by slots instead of names. */
export type EventPlan = {
  rule: EventRule;
  numbers: NumberCheck[];
  strings: StringCheck[];
  booleans: BooleanCheck[];
  steps: Step[];
  measured: { slot: number; name: string; histogram: boolean; lines: readonly number[] }[];
  products: { a: number; b: number; name: string }[];
  /** Texts that decide nothing, but for the barred ones: known field or tag, and what would mean something there. */
  freeTexts: Map<number, ByteInterner | null>;
  maxLengths: Map<number, number>;
};

/** How lines of an event are checked and counted; `slotOf` says which slot a field has. Pure. */
export function planOf(rule: EventRule, slotOf: (name: string) => number): EventPlan {
  const steps = new Map<string, Step>();
  const step = (name: string, values: Partial<Step>) => {
    if (!steps.has(name))
      steps.set(name, { slot: slotOf(name), interner: null, open: false, above: null, name, ...values });
  };
  for (const field of rule.fields) {
    if (field.kind === 'number' || !field.dimension) continue;
    step(field.name, field.kind === 'string' ? { interner: new ByteInterner(), open: true } : {});
  }
  for (const { name, field, above } of rule.comparisons)
    step(`derived ${name}`, { slot: slotOf(field), above });
  for (const field of new Set(rule.exclusions.flatMap(({ where }) => where.map((w) => w.field)))) {
    const mentioned = rule.exclusions.flatMap(({ where }) =>
      where.flatMap((w) => (w.field === field && typeof w.value === 'string' ? [w.value] : [])),
    );
    step(field, { interner: new ByteInterner(mentioned) });
  }
  const freeTexts = new Map<number, ByteInterner | null>();
  const maxLengths = new Map<number, number>();
  for (const field of rule.fields) {
    if (field.kind !== 'string' || field.dimension || field.values) continue;
    freeTexts.set(slotOf(field.name), steps.get(field.name)?.interner ?? null);
    maxLengths.set(slotOf(field.name), field.maxLength);
  }
  for (const tag of ['tenant', 'environment']) {
    freeTexts.set(slotOf(tag), steps.get(tag)?.interner ?? null);
    maxLengths.set(slotOf(tag), MAX_COMMON_LENGTH);
  }
  return {
    rule,
    freeTexts,
    maxLengths,
    numbers: rule.fields.flatMap((field) =>
      field.kind === 'number' ? [{ ...field, slot: slotOf(field.name) }] : [],
    ),
    strings: rule.fields.flatMap((field) =>
      field.kind === 'string'
        ? [
            {
              ...field,
              slot: slotOf(field.name),
              values: field.values ? new ByteInterner(field.values) : null,
            },
          ]
        : [],
    ),
    booleans: rule.fields.flatMap((field) =>
      field.kind === 'boolean' ? [{ ...field, slot: slotOf(field.name) }] : [],
    ),
    steps: [...steps.values()],
    measured: rule.fields.flatMap((field) =>
      field.kind === 'number' && field.measure !== 'none'
        ? [
            {
              slot: slotOf(field.name),
              name: field.name,
              histogram: field.measure === 'histogram',
              lines: field.lines,
            },
          ]
        : [],
    ),
    products: rule.products.map(({ name, factors }) => ({
      name,
      a: slotOf(factors[0]),
      b: slotOf(factors[1]),
    })),
  };
}
