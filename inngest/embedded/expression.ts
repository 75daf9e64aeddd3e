import type { RunnerEvent } from './event.schema.ts';

type Side = 'event' | 'async';
type Path = { side: Side; path: readonly string[] };
type Literal = string | number | boolean | null;
type Comparison = { left: Path; right: Path | { literal: Literal } };

/** Every comparison must hold. */
export type MatchExpression = readonly Comparison[];
export type KeyExpression = { path: readonly string[] } | { literal: string };

/** An expression outside the part of CEL that the runner understands. */
export class UnsupportedExpressionError extends Error {
  override readonly name = 'UnsupportedExpressionError';
  constructor(expression: string) {
    super(
      `expression ${JSON.stringify(expression)} is not supported by the embedded runner: it understands comparisons like event.data.x == async.data.x or event.data.x == 'text', joined by &&`,
    );
  }
}

const PATH = /^(event|async)((?:\.[A-Za-z_][A-Za-z0-9_]*)+)$/;
// One comparison and what joins it to the next: && or the end.
const COMPARISON = /\s*([A-Za-z_][\w.]*)\s*==\s*('[^'\\]*'|"[^"\\]*"|[+-]?\w+(?:\.\w+)*)\s*(&&(?=\s*\S)|$)/y;

function parsePath(text: string): Path | undefined {
  const found = PATH.exec(text);
  if (found === null) return undefined;
  const path = (found[2] ?? '').split('.').slice(1);
  return { side: found[1] === 'async' ? 'async' : 'event', path };
}

function parseLiteral(text: string): { literal: Literal } | undefined {
  if (/^'[^'\\]*'$|^"[^"\\]*"$/.test(text)) return { literal: text.slice(1, -1) };
  if (/^[+-]?\d+(\.\d+)?$/.test(text)) return { literal: Number(text) };
  if (text === 'true' || text === 'false') return { literal: text === 'true' };
  if (text === 'null') return { literal: null };
  return undefined;
}

/**
 * Parses the match of a trigger, of waitForEvent or of a cancellation. `event` is the event that started the run (of a
 * trigger: the event itself), `async` the one that just arrived. Errors: UnsupportedExpressionError.
 */
export function parseMatch(expression: string): MatchExpression {
  const comparisons: Comparison[] = [];
  let at = 0;
  do {
    COMPARISON.lastIndex = at;
    const [whole, leftText, rightText] = COMPARISON.exec(expression) ?? [];
    const left = leftText === undefined ? undefined : parsePath(leftText);
    const right = rightText === undefined ? undefined : (parsePath(rightText) ?? parseLiteral(rightText));
    if (whole === undefined || left === undefined || right === undefined) {
      throw new UnsupportedExpressionError(expression);
    }
    comparisons.push({ left, right });
    at += whole.length;
  } while (at < expression.length);
  return comparisons;
}

function lookUp(event: RunnerEvent, path: readonly string[]): unknown {
  let value: unknown = event;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = Reflect.get(value, name);
  }
  return value;
}

/** Whether all comparisons hold. A field that is absent on either side never matches; objects are never equal. */
export function matches(expression: MatchExpression, event: RunnerEvent, async: RunnerEvent): boolean {
  const sides = { event, async };
  return expression.every(({ left, right }) => {
    const a = lookUp(sides[left.side], left.path);
    const b = 'literal' in right ? right.literal : lookUp(sides[right.side], right.path);
    return a !== undefined && a === b;
  });
}

/**
 * Parses the key of a concurrency limit: a path like event.data.x, or a quoted constant.
 * Errors: UnsupportedExpressionError.
 */
export function parseKey(expression: string): KeyExpression {
  const path = parsePath(expression.trim());
  if (path?.side === 'event') return { path: path.path };
  const literal = parseLiteral(expression.trim());
  if (literal !== undefined && typeof literal.literal === 'string') return { literal: literal.literal };
  throw new UnsupportedExpressionError(expression);
}

/** The group an event falls into, as text. An absent field is a group of its own. */
export function keyOf(expression: KeyExpression, event: RunnerEvent): string {
  if ('literal' in expression) return expression.literal;
  return JSON.stringify(lookUp(event, expression.path) ?? null);
}
