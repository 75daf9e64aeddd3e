import {
  COMMON_FIELDS,
  type CommonField,
  type EventRule,
  type EventRules,
  type FieldRule,
  MAX_COMMON_LENGTH,
  MAX_NESTING,
  type NumberRule,
} from './event-rules.ts';
import { parseTimestamp } from './parse-timestamp.ts';
import type { QuarantineReason } from './window-series.schema.ts';

/** A number that its window keeps: a row of its own beside the row that counts the event. */
export type MeasuredNumber = {
  field: string;
  value: number;
  histogram: boolean;
  lines: readonly number[];
};

export type AcceptedEvent = {
  accepted: true;
  tsMs: number;
  event: string;
  phase: string;
  /** Every rollout that has the phase, or the one the event names. */
  rollouts: readonly string[];
  /** '' counts towards verdicts; else the tag of the first exclusion that matches (TEL-11). */
  tagSet: string;
  /** Canonical JSON of the dimension fields and derived booleans that are present, keys sorted. */
  dims: string;
  numbers: MeasuredNumber[];
};
export type RefusedEvent = {
  accepted: false;
  reason: QuarantineReason;
  field: string | null;
  message: string;
};

/**
 * Judges one parsed JSON value as an event (TEL-1 … TEL-11), the first fault decides.
 * `nowMs`: milliseconds since 1970, against which too old and in the future are measured. Never throws.
 */
export function validateEvent(
  rules: EventRules,
  value: unknown,
  nowMs: number,
): AcceptedEvent | RefusedEvent {
  if (typeof value !== 'object' || value === null || Array.isArray(value))
    return refuse('not_an_object', null, `expected a JSON object, got ${kindOf(value)}`);
  if (isDeeperThan(value, MAX_NESTING))
    return refuse('nested_too_deep', null, `objects and arrays may be nested ${MAX_NESTING} deep`);
  const read = (name: string): unknown =>
    Object.hasOwn(value, name) ? (value as Record<string, unknown>)[name] : undefined;

  const name = read('event');
  const nameFault = checkCommon('event', name, true);
  if (nameFault) return nameFault;
  const rule = rules.events.get(String(name));
  if (!rule) return refuse('unknown_event', 'event', `unknown event ${quote(name)}`);

  const ts = judgeTimestamp(rules, read('ts'), nowMs);
  if (typeof ts !== 'number') return ts;
  const fault =
    checkListed('component', read('component'), true, rules.components) ??
    checkListed('feature', read('feature'), rule.featureRequired, rules.features) ??
    checkCommon('phase', read('phase'), true) ??
    checkCommon('rollout', read('rollout'), false) ??
    checkCommon('tenant', read('tenant'), false) ??
    checkCommon('environment', read('environment'), false) ??
    checkCommon('observed_only', read('observed_only'), false) ??
    checkCommon('dry_run', read('dry_run'), false);
  if (fault) return fault;

  const phase = String(read('phase'));
  const rollouts = matchRollouts(rules, phase, read('rollout'));
  if ('accepted' in rollouts) return rollouts;
  for (const field of rule.fields) {
    const fieldFault = checkField(field, read(field.name));
    if (fieldFault) return fieldFault;
  }
  return {
    accepted: true,
    tsMs: ts,
    event: rule.name,
    phase,
    rollouts,
    tagSet: exclusionTag(rule, phase, read),
    dims: canonicalDims(dimensionsOf(rule, read)),
    numbers: numbersOf(rule, read),
  };
}

/** The tag of the first exclusion that matches, or ''. `read` gives a field's value or undefined (TEL-11). */
export function exclusionTag(rule: EventRule, phase: string, read: (field: string) => unknown): string {
  const match = rule.exclusions.find(
    (exclusion) =>
      (exclusion.phases === null || exclusion.phases.has(phase)) &&
      exclusion.where.every(({ field, value }) => read(field) === value),
  );
  return match?.tag ?? '';
}

/** The dimension fields that are present, and the derived booleans whose source is present. */
export function dimensionsOf(
  rule: EventRule,
  read: (field: string) => unknown,
): [name: string, value: string | boolean][] {
  const dims: [string, string | boolean][] = [];
  for (const field of rule.fields) {
    if (field.kind === 'number' || !field.dimension) continue;
    const value = read(field.name);
    if (typeof value === 'string' || typeof value === 'boolean') dims.push([field.name, value]);
  }
  for (const { name, field, above } of rule.comparisons) {
    const value = read(field);
    if (typeof value === 'number') dims.push([name, value > above]);
  }
  return dims;
}

/** JSON with sorted keys, so that equal dimensions are equal texts. */
export function canonicalDims(dims: readonly (readonly [string, string | boolean])[]): string {
  const sorted = dims.toSorted(([a], [b]) => (a < b ? -1 : 1));
  return `{${sorted.map(([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`).join(',')}}`;
}

function numbersOf(rule: EventRule, read: (field: string) => unknown): MeasuredNumber[] {
  const numbers: MeasuredNumber[] = [];
  for (const field of rule.fields) {
    if (field.kind !== 'number' || field.measure === 'none') continue;
    const value = read(field.name);
    if (typeof value === 'number')
      numbers.push({
        field: field.name,
        value: value + 0, // -0 becomes 0
        histogram: field.measure === 'histogram',
        lines: field.lines,
      });
  }
  for (const { name, factors } of rule.products) {
    const [a, b] = [read(factors[0]), read(factors[1])];
    if (typeof a === 'number' && typeof b === 'number')
      numbers.push({ field: name, value: a * b + 0, histogram: false, lines: [] });
  }
  return numbers;
}

function judgeTimestamp(rules: EventRules, value: unknown, nowMs: number): number | RefusedEvent {
  const fault = checkCommon('ts', value, true);
  if (fault) return fault;
  const tsMs = parseTimestamp(String(value));
  if (tsMs === null)
    return refuse('ts_invalid', 'ts', `expected an RFC 3339 time with Z or an offset, got ${quote(value)}`);
  if (tsMs < nowMs - rules.maxAgeSeconds * 1000)
    return refuse(
      'ts_too_old',
      'ts',
      `${quote(value)} is more than ${rules.maxAgeSeconds / 86_400} days old`,
    );
  if (tsMs > nowMs + rules.futureToleranceSeconds * 1000)
    return refuse(
      'ts_in_future',
      'ts',
      `${quote(value)} is more than ${rules.futureToleranceSeconds} s ahead`,
    );
  return tsMs;
}

function matchRollouts(rules: EventRules, phase: string, named: unknown): readonly string[] | RefusedEvent {
  const rollouts = rules.rolloutsByPhase.get(phase);
  if (!rollouts) return refuse('unknown_phase', 'phase', `no rollout has a phase ${quote(phase)}`);
  if (named === undefined) return rollouts;
  return rollouts.includes(String(named))
    ? [String(named)]
    : refuse('unknown_phase', 'rollout', `rollout ${quote(named)} has no phase ${quote(phase)}`);
}

function checkCommon(name: CommonField, value: unknown, required: boolean): RefusedEvent | null {
  if (value === undefined) return required ? refuse('missing_field', name, `"${name}" is missing`) : null;
  const type = COMMON_FIELDS[name];
  if (typeof value !== type) return wrongType(name, `a ${type}`, value);
  if (typeof value === 'string' && value.length > MAX_COMMON_LENGTH) return tooLong(name, MAX_COMMON_LENGTH);
  return null;
}

function checkListed(
  name: CommonField,
  value: unknown,
  required: boolean,
  known: ReadonlySet<string>,
): RefusedEvent | null {
  const fault = checkCommon(name, value, required);
  return fault ?? (typeof value === 'string' && !known.has(value) ? notListed(name, value, known) : null);
}

function checkField(rule: FieldRule, value: unknown): RefusedEvent | null {
  if (value === undefined)
    return rule.required ? refuse('missing_field', rule.name, `"${rule.name}" is missing`) : null;
  switch (rule.kind) {
    case 'number':
      return checkNumber(rule, value);
    case 'boolean':
      return typeof value === 'boolean' ? null : wrongType(rule.name, 'true or false', value);
    default:
      if (typeof value !== 'string') return wrongType(rule.name, 'a string', value);
      if (value.length > rule.maxLength) return tooLong(rule.name, rule.maxLength);
      return rule.values && !rule.values.has(value) ? notListed(rule.name, value, rule.values) : null;
  }
}

function checkNumber(rule: NumberRule, value: unknown): RefusedEvent | null {
  if (typeof value !== 'number')
    return wrongType(rule.name, rule.integer ? 'a whole number' : 'a number', value);
  if (!Number.isFinite(value))
    return refuse('out_of_range', rule.name, `"${rule.name}" is too large a number`);
  if (rule.integer && !Number.isInteger(value)) return wrongType(rule.name, 'a whole number', value);
  if (value < rule.min)
    return refuse('out_of_range', rule.name, `"${rule.name}" is ${value}, below ${rule.min}`);
  if (value > rule.max)
    return refuse('out_of_range', rule.name, `"${rule.name}" is ${value}, above ${rule.max}`);
  return null;
}

function refuse(reason: QuarantineReason, field: string | null, message: string): RefusedEvent {
  return { accepted: false, reason, field, message };
}

function wrongType(field: string, expected: string, value: unknown): RefusedEvent {
  return refuse('wrong_type', field, `"${field}" must be ${expected}, got ${kindOf(value)}`);
}

function tooLong(field: string, limit: number): RefusedEvent {
  return refuse('out_of_range', field, `"${field}" is longer than ${limit} characters`);
}

function notListed(field: string, value: string, known: ReadonlySet<string>): RefusedEvent {
  return refuse('out_of_range', field, `"${field}" is ${quote(value)}, expected ${[...known].join(', ')}`);
}

function kindOf(value: unknown): string {
  if (value === null) return 'null';
  if (Array.isArray(value)) return 'a list';
  return typeof value === 'object' ? 'an object' : `${quote(value)} (${typeof value})`;
}

/** The value as JSON, cut to a readable length; JSON escapes NUL and lone surrogates, so that it can be stored. */
function quote(value: unknown): string {
  const text = JSON.stringify(typeof value === 'string' ? value.slice(0, 80) : value) ?? String(value);
  return text.length > 100 ? `${text.slice(0, 100)}…` : text;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (typeof value !== 'object' || value === null) return false;
  if (levels === 0) return true;
  return Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
