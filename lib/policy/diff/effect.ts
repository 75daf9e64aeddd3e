import { DurationSchema } from '../duration.ts';
import type { PolicyChange } from '../policy-history.schema.ts';

type Change = Pick<PolicyChange, 'kind' | 'before' | 'after'>;
type Effect = PolicyChange['effect'];

/** Which way is stricter when a number or a span in this place grows. */
const STRICTER_WHEN: Readonly<Record<string, 'higher' | 'lower'>> = {
  max: 'lower',
  below: 'lower',
  min: 'higher',
  above: 'higher',
  duration: 'higher',
  windows: 'higher',
  count: 'higher',
  decideWithin: 'lower',
  rollBackWhenUnmetFor: 'lower',
  approvalsExpireAfter: 'lower',
  reviewSigners: 'higher',
  rearmSigners: 'higher',
};
const PLACES = ['objectives', 'gates', 'approvals', 'rollback', 'signatures'];

/** Choices from the strictest to the loosest. */
const LADDERS: Readonly<Record<string, readonly (string | boolean)[]>> = {
  shadow: [false, true],
  onViolation: ['roll_back', 'warn'],
  mode: ['automatic', 'on_call'],
};

/**
 * Whether a change makes a promotion harder or a rollback faster (`stricter`), or the other way round (`looser`); null where
 * that cannot be told from the change alone. Pure.
 */
export function effectOf(path: readonly string[], { kind, before, after }: Change): Effect {
  if (path[0] !== 'rollouts' && path[0] !== 'signatures') return null;
  const key = path.at(-1) ?? '';
  const parent = path.at(-2) ?? '';
  if (kind === 'added' || kind === 'removed') {
    if (!['objectives', 'gates', 'approvals'].includes(parent)) return null;
    const subject = kind === 'added' ? after : before;
    // What only watches decides nothing.
    if (typeof subject === 'object' && subject !== null && 'shadow' in subject && subject.shadow === true)
      return null;
    return kind === 'added' ? 'stricter' : 'looser';
  }
  if (kind !== 'changed') return null;
  if (key === 'promoteBy') return ofPeople(before, after);
  const ladder = LADDERS[key];
  if (ladder) return compare(ladder.indexOf(asChoice(before)), ladder.indexOf(asChoice(after)), 'lower');
  const way = STRICTER_WHEN[key];
  if (way === undefined || (key !== 'rollBackWhenUnmetFor' && !path.some((each) => PLACES.includes(each))))
    return null;
  return compare(amount(before), amount(after), way);
}

const asChoice = (value: unknown) => (typeof value === 'boolean' ? value : String(value));

function amount(value: unknown): number {
  if (typeof value === 'number') return value;
  const span = DurationSchema.safeParse(value);
  return span.success ? span.data : Number.NaN;
}

function compare(before: number, after: number, stricterWhen: 'higher' | 'lower'): Effect {
  if (Number.isNaN(before) || Number.isNaN(after) || before === after || before < 0 || after < 0) return null;
  return after > before === (stricterWhen === 'higher') ? 'stricter' : 'looser';
}

/** More people who may promote is looser. */
function ofPeople(before: unknown, after: unknown): Effect {
  if (!Array.isArray(before) || !Array.isArray(after)) return null;
  const within = (these: readonly unknown[], those: readonly unknown[]) =>
    these.every((each) => those.includes(each));
  if (within(before, after)) return 'looser';
  return within(after, before) ? 'stricter' : null;
}
