import type { EventPlan } from './event-plan.ts';
import {
  type Changing,
  NUMBER as SHAPE_NUMBER,
  TEXT as SHAPE_TEXT,
  TIME as SHAPE_TIME,
  type Shape,
} from './line-shapes.ts';
import { NULL, NUMBER, type ScannedLine, STRING } from './scanned-line.ts';

/** What an accepted line teaches: which of its values may change, and how a line of its shape is checked and counted. */
export function shapeOfLine(
  line: ScannedLine,
  bytes: Uint8Array,
  plan: EventPlan,
  tsSlot: number,
): { changing: Changing[]; create: () => Shape } {
  const { changing, places } = changingOf(line, bytes, plan, tsSlot);
  const placeOf = (slot: number) => (line.kindOf(slot) === NUMBER ? (places.get(slot) ?? -1) : -1);
  return { changing, create: () => newShape(line, plan, places, placeOf) };
}

/** The values of a line that may change within its shape, and the place among them of each known field. */
function changingOf(
  line: ScannedLine,
  bytes: Uint8Array,
  plan: EventPlan,
  tsSlot: number,
): { changing: Changing[]; places: Map<number, number> } {
  const changing: Changing[] = [];
  const places = new Map<number, number>();
  let place = 0;
  for (let i = 0; i < line.valueCount; i += 4) {
    const slot = line.values[i] ?? -1;
    const kind = line.values[i + 1] ?? NULL;
    const start = line.values[i + 2] ?? 0;
    const end = line.values[i + 3] ?? 0;
    const plain = { start, end, meanings: null, meaning: -1 };
    if (kind === NUMBER) changing.push({ kind: SHAPE_NUMBER, ...plain });
    else if (kind !== STRING) continue;
    else if (slot === tsSlot) changing.push({ kind: SHAPE_TIME, ...plain });
    else if (slot < 0) changing.push({ kind: SHAPE_TEXT, ...plain });
    else if (plan.freeTexts.has(slot)) {
      const meanings = plan.freeTexts.get(slot) ?? null;
      const meaning = meanings === null ? -1 : line.find(meanings, bytes, slot);
      changing.push({ kind: SHAPE_TEXT, start, end, meanings, meaning });
      if (meaning >= 0) continue; // fixed in this shape
    } else continue;
    if (slot >= 0) places.set(slot, place);
    place += 1;
  }
  return { changing, places };
}

function newShape(
  line: ScannedLine,
  plan: EventPlan,
  places: ReadonlyMap<number, number>,
  placeOf: (slot: number) => number,
): Shape {
  return {
    numberChecks: plan.numbers.flatMap(({ slot, min, max, integer }) =>
      placeOf(slot) < 0 ? [] : [{ at: placeOf(slot), min, max, integer }],
    ),
    textChecks: [...plan.maxLengths].flatMap(([slot, maxLength]) => {
      const at = line.kindOf(slot) === STRING && plan.freeTexts.has(slot) ? places.get(slot) : undefined;
      return at === undefined ? [] : [{ at, maxLength }];
    }),
    comparisons: plan.steps.flatMap(({ slot, above }) =>
      above === null || placeOf(slot) < 0 ? [] : [{ at: placeOf(slot), above }],
    ),
    totals: [
      ...plan.measured.map(({ slot }) => ({ a: placeOf(slot), b: -1 })),
      ...plan.products.map(({ a, b }) =>
        placeOf(a) < 0 || placeOf(b) < 0 ? { a: -1, b: -1 } : { a: placeOf(a), b: placeOf(b) },
      ),
    ],
    windowStartMs: Number.NaN,
    cells: [],
    cellsByWindow: new Map(),
    cellSlots: plan.steps.flatMap(({ slot, above }) =>
      above === null || placeOf(slot) < 0 ? [] : [{ slot, above }],
    ),
  };
}
