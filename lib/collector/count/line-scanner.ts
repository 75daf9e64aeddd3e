import {
  COMMON_FIELDS,
  canonicalDims,
  dimensionsOf,
  type EventRule,
  type EventRules,
  exclusionTag,
  MAX_COMMON_LENGTH,
} from '#lib/telemetry/counting.ts';
import { ByteInterner } from './byte-interner.ts';
import { Cell } from './cell.ts';
import { FieldTotals } from './field-totals.ts';
import {
  type Changing,
  LineShapes,
  MAX_DIGITS,
  POWERS_OF_TEN,
  NUMBER as SHAPE_NUMBER,
  TEXT as SHAPE_TEXT,
  TIME as SHAPE_TIME,
  type Shape,
} from './line-shapes.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const SPACE = 0x20;

const ABSENT = 0;
const STRING = 1;
const FALSE = 2;
const TRUE = 3;
const NUMBER = 4;
const NULL = 5;

/** Distinct dimension values held before the caller is asked to fold them. */
const DIMENSION_VALUES_HELD = 4096;

type Branch = (Branch | Cell | null | undefined)[];

/** One level of the way from an event to its cell: a value of the line as a small number. */
type Step = {
  slot: number;
  interner: ByteInterner | null;
  open: boolean;
  above: number | null;
  name: string;
};

type NumberCheck = { slot: number; required: boolean; integer: boolean; min: number; max: number };
type StringCheck = { slot: number; required: boolean; maxLength: number; values: ByteInterner | null };
type BooleanCheck = { slot: number; required: boolean };

type EventPlan = {
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

/**
 * The shortcut through a line that is surely valid: one pass over its bytes, no string, no object (most of telemetry).
 *
 * It only ever says "counted" or "not sure". Sure means: a flat object of ASCII without escapes, known keys once each,
 * numbers that a double holds exactly, a time in UTC, and every rule of the event met. Whatever else a line is, the caller
 * gives it to `judgeLine`, which alone refuses. So both ways agree as long as this one is right about what it accepts.
 */
export class LineScanner {
  readonly #rules: EventRules;
  readonly #keys: ByteInterner;
  readonly #kind: Uint8Array;
  readonly #stamp: Int32Array;
  readonly #number: Float64Array;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #hash: Int32Array;
  #line = 0;
  /** Slot, kind, start and end of each value of the line. */
  #values = new Int32Array(256);
  #valueCount = 0;
  #plan: EventPlan | null = null;
  readonly #shapes = new LineShapes();

  readonly #events: ByteInterner;
  readonly #components: ByteInterner;
  readonly #features: ByteInterner;
  readonly #phases: ByteInterner;
  readonly #rollouts: ByteInterner;
  readonly #plans: EventPlan[];
  readonly #slots: Record<keyof typeof COMMON_FIELDS, number>;

  readonly #oldestMs: number;
  readonly #newestMs: number;
  readonly #windowMs: number;
  #branchStartMs = Number.NaN;
  #branch: Branch = [];
  #branches = new Map<number, Branch>();
  #dimensionValues = 0;

  #minuteDate = Number.NaN;
  #minuteTime = Number.NaN;
  #minuteMs = Number.NaN;

  minTsMs = Number.POSITIVE_INFINITY;
  maxTsMs = Number.NEGATIVE_INFINITY;
  excludedCount = 0;

  constructor(rules: EventRules, nowMs: number) {
    this.#rules = rules;
    this.#oldestMs = nowMs - rules.maxAgeSeconds * 1000;
    this.#newestMs = nowMs + rules.futureToleranceSeconds * 1000;
    this.#windowMs = rules.windowSeconds * 1000;
    const events = [...rules.events.values()];
    const names = new Set<string>(Object.keys(COMMON_FIELDS));
    for (const event of events) {
      for (const field of event.fields) names.add(field.name);
      for (const exclusion of event.exclusions) for (const { field } of exclusion.where) names.add(field);
    }
    const slotNames = [...names];
    const slots = new Map(slotNames.map((name, slot) => [name, slot]));
    const slotOf = (name: string) => slots.get(name) ?? -1;
    this.#keys = new ByteInterner(slotNames);
    this.#kind = new Uint8Array(slotNames.length);
    this.#stamp = new Int32Array(slotNames.length);
    this.#number = new Float64Array(slotNames.length);
    this.#start = new Int32Array(slotNames.length);
    this.#end = new Int32Array(slotNames.length);
    this.#hash = new Int32Array(slotNames.length);
    this.#slots = Object.fromEntries(
      Object.keys(COMMON_FIELDS).map((name) => [name, slotOf(name)]),
    ) as Record<keyof typeof COMMON_FIELDS, number>;
    this.#events = new ByteInterner(events.map((event) => event.name));
    this.#components = new ByteInterner(rules.components);
    this.#features = new ByteInterner(rules.features);
    this.#phases = new ByteInterner(rules.rolloutsByPhase.keys());
    this.#rollouts = new ByteInterner(['', ...[...rules.rolloutsByPhase.values()].flat()]);
    this.#plans = events.map((event) => planOf(event, slotOf));
  }

  /** Whether so many dimension values are held that `takeCells` should be called. */
  get crowded(): boolean {
    return this.#dimensionValues > DIMENSION_VALUES_HELD;
  }

  /** What was counted since the last call; the scanner starts again with nothing. */
  takeCells(): Cell[] {
    const cells: Cell[] = [];
    const collect = (branch: Branch): void => {
      for (const next of branch) {
        if (next instanceof Cell) cells.push(next);
        else if (next) collect(next);
      }
    };
    for (const branch of this.#branches.values()) collect(branch);
    this.#branches = new Map();
    this.#shapes.clear();
    this.#branchStartMs = Number.NaN;
    for (const plan of this.#plans)
      for (const step of plan.steps) if (step.open) step.interner = new ByteInterner();
    this.#dimensionValues = 0;
    return cells;
  }

  /**
   * Counts the line that starts at `from` and returns where the next one starts, or -1 when it is not sure.
   * The bytes must hold a newline at or after `from`; `view` looks at the same bytes.
   */
  count(bytes: Uint8Array, view: DataView, from: number): number {
    const shape = this.#shapes.match(bytes, view, from);
    if (shape !== null && this.#countShape(bytes, view, from, shape)) return this.#shapes.next;
    const next = this.#parse(bytes, from);
    if (next < 0 || next - 1 - from > this.#rules.maxLineBytes) return -1;
    const cell = this.#accept(bytes, view);
    if (cell === null) return -1;
    if (shape === null) this.#learn(bytes, from, next, cell);
    else this.#rememberCell(shape, cell);
    return next;
  }

  /** Counts a line of a known shape; false when a value breaks a rule or the cell is not known yet. */
  #countShape(bytes: Uint8Array, view: DataView, from: number, shape: Shape): boolean {
    const { numbers, lengths, timeStart, timeEnd, next } = this.#shapes;
    if (next - 1 - from > this.#rules.maxLineBytes) return false;
    const { numberChecks, textChecks, comparisons, totals } = shape;
    for (let i = 0; i < numberChecks.length; i += 1) {
      const check = numberChecks[i];
      if (check === undefined) return false;
      const value = numbers[check.at] ?? 0;
      if (value < check.min || value > check.max || (check.integer && Math.trunc(value) !== value))
        return false;
    }
    for (let i = 0; i < textChecks.length; i += 1) {
      const check = textChecks[i];
      if (check === undefined || (lengths[check.at] ?? 0) > check.maxLength) return false;
    }
    const tsMs = this.#readTimestamp(bytes, view, timeStart, timeEnd);
    if (!(tsMs >= this.#oldestMs && tsMs <= this.#newestMs)) return false;
    if (!(tsMs >= this.#branchStartMs && tsMs < this.#branchStartMs + this.#windowMs)) return false;
    let choice = 0;
    for (let i = 0; i < comparisons.length; i += 1) {
      const comparison = comparisons[i];
      if (comparison === undefined) return false;
      choice = choice * 2 + ((numbers[comparison.at] ?? 0) > comparison.above ? 1 : 0);
    }
    const cell = (
      shape.windowStartMs === this.#branchStartMs ? shape.cells : this.#cellsOf(shape, this.#branchStartMs)
    )[choice];
    if (cell === undefined) return false;
    this.#note(cell, tsMs);
    for (let i = 0; i < totals.length; i += 1) {
      const total = totals[i];
      if (total === undefined || total.a < 0) continue;
      const value = numbers[total.a] ?? 0;
      cell.fields[i]?.add((total.b < 0 ? value : value * (numbers[total.b] ?? 0)) + 0);
    }
    return true;
  }

  #cellsOf(shape: Shape, windowStartMs: number): (Cell | undefined)[] {
    const known = shape.cellsByWindow.get(windowStartMs) ?? [];
    shape.cellsByWindow.set(windowStartMs, known);
    shape.windowStartMs = windowStartMs;
    shape.cells = known;
    return known;
  }

  #note(cell: Cell, tsMs: number): void {
    cell.count += 1;
    if (cell.tagSet !== '') this.excludedCount += 1;
    if (tsMs < this.minTsMs) this.minTsMs = tsMs;
    if (tsMs > this.maxTsMs) this.maxTsMs = tsMs;
  }

  /** Remembers the shape of the line that was just accepted, with the cell it counted in. */
  #learn(bytes: Uint8Array, from: number, next: number, cell: Cell): void {
    const plan = this.#plan;
    if (plan === null) return;
    const changing: Changing[] = [];
    const places = new Map<number, number>();
    let place = 0;
    for (let i = 0; i < this.#valueCount; i += 4) {
      const slot = this.#values[i] ?? -1;
      const kind = this.#values[i + 1] ?? NULL;
      const start = this.#values[i + 2] ?? 0;
      const end = this.#values[i + 3] ?? 0;
      const plain = { start, end, meanings: null, meaning: -1 };
      if (kind === NUMBER) changing.push({ kind: SHAPE_NUMBER, ...plain });
      else if (kind !== STRING) continue;
      else if (slot === this.#slots.ts) changing.push({ kind: SHAPE_TIME, ...plain });
      else if (slot < 0) changing.push({ kind: SHAPE_TEXT, ...plain });
      else if (plan.freeTexts.has(slot)) {
        const meanings = plan.freeTexts.get(slot) ?? null;
        const meaning = meanings === null ? -1 : this.#find(meanings, bytes, slot);
        changing.push({ kind: SHAPE_TEXT, start, end, meanings, meaning });
        if (meaning >= 0) continue; // fixed in this shape
      } else continue;
      if (slot >= 0) places.set(slot, place);
      place += 1;
    }
    const placeOf = (slot: number) => (this.#kindOf(slot) === NUMBER ? (places.get(slot) ?? -1) : -1);
    const shape = this.#shapes.learn(bytes, from, next, changing, () => ({
      numberChecks: plan.numbers.flatMap((check) =>
        placeOf(check.slot) < 0
          ? []
          : [{ at: placeOf(check.slot), min: check.min, max: check.max, integer: check.integer }],
      ),
      textChecks: [...plan.maxLengths].flatMap(([slot, maxLength]) => {
        const at = this.#kindOf(slot) === STRING && plan.freeTexts.has(slot) ? places.get(slot) : undefined;
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
    }));
    if (shape !== null) this.#rememberCell(shape, cell);
  }

  #rememberCell(shape: Shape, cell: Cell): void {
    let choice = 0;
    for (const { slot, above } of shape.cellSlots)
      choice = choice * 2 + ((this.#number[slot] ?? 0) > above ? 1 : 0);
    this.#cellsOf(shape, cell.windowStartMs)[choice] = cell;
  }

  /** Notes kind and place of every known field. Control characters end every loop, so no bound is checked: a newline follows. */
  #parse(bytes: Uint8Array, from: number): number {
    this.#line = (this.#line + 1) | 0;
    const stamp = this.#line;
    this.#valueCount = 0;
    let p = from;
    if (bytes[p] !== 0x7b) return -1; // {
    p += 1;
    while (bytes[p] === SPACE) p += 1;
    if (bytes[p] === 0x7d) return -1; // {}: no event, let the judge say so
    for (;;) {
      if (bytes[p] !== QUOTE) return -1;
      p += 1;
      const keyStart = p;
      let hash = 0;
      let c = bytes[p] ?? 0;
      while (c !== QUOTE) {
        if (c < SPACE || c > 0x7e || c === BACKSLASH) return -1;
        hash = (Math.imul(hash, 31) + c) | 0;
        p += 1;
        c = bytes[p] ?? 0;
      }
      const slot = this.#keys.find(bytes, keyStart, p, hash);
      p += 1;
      while (bytes[p] === SPACE) p += 1;
      if (bytes[p] !== 0x3a) return -1; // :
      p += 1;
      while (bytes[p] === SPACE) p += 1;

      c = bytes[p] ?? 0;
      let kind = NULL;
      let valueStart = p;
      let valueEnd = p;
      if (c === QUOTE) {
        kind = STRING;
        p += 1;
        const start = p;
        let valueHash = 0;
        c = bytes[p] ?? 0;
        while (c !== QUOTE) {
          if (c < SPACE || c > 0x7e || c === BACKSLASH) return -1;
          valueHash = (Math.imul(valueHash, 31) + c) | 0;
          p += 1;
          c = bytes[p] ?? 0;
        }
        valueStart = start;
        valueEnd = p;
        if (slot >= 0) {
          this.#start[slot] = start;
          this.#end[slot] = p;
          this.#hash[slot] = valueHash;
        }
        p += 1;
      } else if (c === 0x2d || (c >= 0x30 && c <= 0x39)) {
        kind = NUMBER;
        const negative = c === 0x2d;
        if (negative) {
          p += 1;
          c = bytes[p] ?? 0;
        }
        const digitsStart = p;
        let mantissa = 0;
        while (c >= 0x30 && c <= 0x39) {
          mantissa = mantissa * 10 + (c - 0x30);
          p += 1;
          c = bytes[p] ?? 0;
        }
        const whole = p - digitsStart;
        if (whole === 0 || (whole > 1 && bytes[digitsStart] === 0x30)) return -1; // "-", "01"
        let decimals = 0;
        if (c === 0x2e) {
          p += 1;
          c = bytes[p] ?? 0;
          while (c >= 0x30 && c <= 0x39) {
            mantissa = mantissa * 10 + (c - 0x30);
            decimals += 1;
            p += 1;
            c = bytes[p] ?? 0;
          }
          if (decimals === 0) return -1;
        }
        if (whole + decimals > MAX_DIGITS || c === 0x65 || c === 0x45) return -1; // exponents: let JSON.parse read them
        valueEnd = p;
        if (slot >= 0) {
          const value = decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] ?? 1);
          this.#number[slot] = negative ? -value : value;
        }
      } else if (c === 0x74 && bytes[p + 1] === 0x72 && bytes[p + 2] === 0x75 && bytes[p + 3] === 0x65) {
        kind = TRUE;
        p += 4;
      } else if (
        c === 0x66 &&
        bytes[p + 1] === 0x61 &&
        bytes[p + 2] === 0x6c &&
        bytes[p + 3] === 0x73 &&
        bytes[p + 4] === 0x65
      ) {
        kind = FALSE;
        p += 5;
      } else if (c === 0x6e && bytes[p + 1] === 0x75 && bytes[p + 2] === 0x6c && bytes[p + 3] === 0x6c) {
        p += 4;
      } else return -1;

      if (slot >= 0) {
        if (this.#stamp[slot] === stamp) return -1; // the key came before: the last one wins, which JSON.parse knows
        this.#stamp[slot] = stamp;
        this.#kind[slot] = kind;
      }
      const at = this.#valueCount;
      if (at + 4 > this.#values.length) return -1; // more fields than any event has
      this.#values[at] = slot;
      this.#values[at + 1] = kind;
      this.#values[at + 2] = valueStart;
      this.#values[at + 3] = valueEnd;
      this.#valueCount = at + 4;
      while (bytes[p] === SPACE) p += 1;
      c = bytes[p] ?? 0;
      p += 1;
      if (c === 0x2c) {
        while (bytes[p] === SPACE) p += 1;
        continue;
      }
      if (c !== 0x7d) return -1;
      while (bytes[p] === SPACE) p += 1;
      if (bytes[p] === 0x0d) p += 1;
      return bytes[p] === NEWLINE ? p + 1 : -1;
    }
  }

  #kindOf(slot: number): number {
    return this.#stamp[slot] === this.#line ? (this.#kind[slot] ?? ABSENT) : ABSENT;
  }

  #find(interner: ByteInterner, bytes: Uint8Array, slot: number): number {
    return interner.find(bytes, this.#start[slot] ?? 0, this.#end[slot] ?? 0, this.#hash[slot] ?? 0);
  }

  #length(slot: number): number {
    return (this.#end[slot] ?? 0) - (this.#start[slot] ?? 0);
  }

  /** Applies the rules of the event to what was noted; counts it and returns its cell only when all are met. */
  #accept(bytes: Uint8Array, view: DataView): Cell | null {
    const slots = this.#slots;
    if (this.#kindOf(slots.event) !== STRING || this.#kindOf(slots.component) !== STRING) return null;
    if (this.#kindOf(slots.ts) !== STRING || this.#kindOf(slots.phase) !== STRING) return null;
    const event = this.#find(this.#events, bytes, slots.event);
    const plan = this.#plans[event];
    if (plan === undefined || this.#find(this.#components, bytes, slots.component) < 0) return null;
    const feature = this.#kindOf(slots.feature);
    if (feature === STRING ? this.#find(this.#features, bytes, slots.feature) < 0 : feature !== ABSENT)
      return null;
    if (feature === ABSENT && plan.rule.featureRequired) return null;
    const phase = this.#find(this.#phases, bytes, slots.phase);
    if (phase < 0) return null;
    const rolloutKind = this.#kindOf(slots.rollout);
    if (rolloutKind !== ABSENT && rolloutKind !== STRING) return null;
    const rollout = rolloutKind === ABSENT ? 0 : this.#find(this.#rollouts, bytes, slots.rollout);
    if (rollout < 0 || (rolloutKind === STRING && rollout === 0)) return null;
    if (!this.#isTag(slots.tenant) || !this.#isTag(slots.environment)) return null;
    if (!this.#isFlag(slots.observed_only) || !this.#isFlag(slots.dry_run)) return null;
    if (!this.#fieldsAreValid(plan, bytes)) return null;
    const tsMs = this.#readTimestamp(bytes, view, this.#start[slots.ts] ?? 0, this.#end[slots.ts] ?? 0);
    if (!(tsMs >= this.#oldestMs && tsMs <= this.#newestMs)) return null;

    const cell = this.#cellOf(plan, event, phase, rollout, tsMs, bytes);
    if (cell === null) return null;
    this.#plan = plan;
    this.#note(cell, tsMs);
    let at = 0;
    for (const { slot } of plan.measured) {
      if (this.#stamp[slot] === this.#line) cell.fields[at]?.add((this.#number[slot] ?? 0) + 0);
      at += 1;
    }
    for (const { a, b } of plan.products) {
      if (this.#kindOf(a) === NUMBER && this.#kindOf(b) === NUMBER)
        cell.fields[at]?.add((this.#number[a] ?? 0) * (this.#number[b] ?? 0) + 0);
      at += 1;
    }
    return cell;
  }

  #isTag(slot: number): boolean {
    const kind = this.#kindOf(slot);
    return kind === ABSENT || (kind === STRING && this.#length(slot) <= MAX_COMMON_LENGTH);
  }

  #isFlag(slot: number): boolean {
    const kind = this.#kindOf(slot);
    return kind === ABSENT || kind === TRUE || kind === FALSE;
  }

  #fieldsAreValid(plan: EventPlan, bytes: Uint8Array): boolean {
    for (const check of plan.numbers) {
      const kind = this.#kindOf(check.slot);
      if (kind === ABSENT) {
        if (check.required) return false;
        continue;
      }
      const value = this.#number[check.slot] ?? 0;
      if (kind !== NUMBER || value < check.min || value > check.max) return false;
      if (check.integer && Math.trunc(value) !== value) return false;
    }
    for (const check of plan.strings) {
      const kind = this.#kindOf(check.slot);
      if (kind === ABSENT) {
        if (check.required) return false;
        continue;
      }
      if (kind !== STRING || this.#length(check.slot) > check.maxLength) return false;
      if (check.values !== null && this.#find(check.values, bytes, check.slot) < 0) return false;
    }
    for (const check of plan.booleans) {
      const kind = this.#kindOf(check.slot);
      if (kind === ABSENT ? check.required : kind !== TRUE && kind !== FALSE) return false;
    }
    return true;
  }

  #cellOf(
    plan: EventPlan,
    event: number,
    phase: number,
    rollout: number,
    tsMs: number,
    bytes: Uint8Array,
  ): Cell | null {
    if (!(tsMs >= this.#branchStartMs && tsMs < this.#branchStartMs + this.#windowMs)) {
      this.#branchStartMs = Math.floor(tsMs / this.#windowMs) * this.#windowMs;
      const known = this.#branches.get(this.#branchStartMs) ?? [];
      this.#branches.set(this.#branchStartMs, known);
      this.#branch = known;
    }
    let branch = childOf(childOf(this.#branch, event), phase);
    for (const step of plan.steps) branch = childOf(branch, this.#stepValue(step, bytes));
    const known = branch[rollout];
    if (known instanceof Cell || known === null) return known;
    const cell = this.#newCell(plan, phase, rollout, bytes);
    branch[rollout] = cell;
    return cell;
  }

  #stepValue(step: Step, bytes: Uint8Array): number {
    const kind = this.#kindOf(step.slot);
    if (step.above !== null)
      return kind !== NUMBER ? 0 : (this.#number[step.slot] ?? 0) > step.above ? TRUE : FALSE;
    if (kind !== STRING) return kind === TRUE || kind === FALSE ? kind : 0;
    if (step.interner === null) return 0;
    const { slot, interner } = step;
    // Ids of texts start after the kinds, so that a text and a boolean never meet in one branch.
    if (!step.open)
      return this.#find(interner, bytes, slot) < 0 ? 0 : NULL + 1 + this.#find(interner, bytes, slot);
    const held = interner.texts.length;
    const id = interner.findOrAdd(bytes, this.#start[slot] ?? 0, this.#end[slot] ?? 0, this.#hash[slot] ?? 0);
    if (id === held) this.#dimensionValues += 1;
    return NULL + 1 + id;
  }

  /** The slow part, once per cell: which rollouts, which tag, which dimensions. null: the rollout has no such phase. */
  #newCell(plan: EventPlan, phaseId: number, rolloutId: number, bytes: Uint8Array): Cell | null {
    const phase = this.#phases.texts[phaseId] ?? '';
    const all = this.#rules.rolloutsByPhase.get(phase) ?? [];
    const named = this.#rollouts.texts[rolloutId] ?? '';
    if (rolloutId > 0 && !all.includes(named)) return null;
    const read = (field: string): unknown => {
      const slot = this.#keys.texts.indexOf(field);
      switch (slot < 0 ? ABSENT : this.#kindOf(slot)) {
        case STRING:
          return String.fromCharCode(...bytes.subarray(this.#start[slot], this.#end[slot]));
        case NUMBER:
          return this.#number[slot];
        case TRUE:
          return true;
        case FALSE:
          return false;
        default:
          return undefined;
      }
    };
    const cell = new Cell({
      windowStartMs: this.#branchStartMs,
      event: plan.rule.name,
      phase,
      rollouts: rolloutId > 0 ? [named] : all,
      tagSet: exclusionTag(plan.rule, phase, read),
      dims: canonicalDims(dimensionsOf(plan.rule, read)),
    });
    for (const { name, histogram, lines } of plan.measured)
      cell.fields.push(new FieldTotals(name, histogram, lines));
    for (const { name } of plan.products) cell.fields.push(new FieldTotals(name, false, []));
    return cell;
  }

  /** YYYY-MM-DDTHH:MM:SS[.f…]Z as milliseconds since 1970; NaN for every other form (the judge reads those). */
  #readTimestamp(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length < 20 || length > 30 || bytes[end - 1] !== 0x5a) return Number.NaN;
    // The minute is mostly that of the line before: its 16 bytes are compared as two doubles.
    const date = view.getFloat64(start, true);
    const time = view.getFloat64(start + 8, true);
    if (date !== this.#minuteDate || time !== this.#minuteTime) {
      this.#minuteMs = readMinute(bytes, start);
      this.#minuteDate = date;
      this.#minuteTime = time;
    }
    const tens = (bytes[start + 17] ?? 0) - 0x30;
    const ones = (bytes[start + 18] ?? 0) - 0x30;
    if (bytes[start + 16] !== 0x3a || tens < 0 || tens > 5 || ones < 0 || ones > 9) return Number.NaN;
    let ms = 0;
    if (length > 20) {
      if (bytes[start + 19] !== 0x2e || length === 21) return Number.NaN;
      let unit = 100;
      for (let i = start + 20; i < end - 1; i += 1) {
        const digit = (bytes[i] ?? 0) - 0x30;
        if (digit < 0 || digit > 9) return Number.NaN;
        ms += digit * unit;
        unit = unit === 100 ? 10 : unit === 10 ? 1 : 0;
      }
    }
    return this.#minuteMs + (tens * 10 + ones) * 1000 + ms;
  }
}

function childOf(branch: Branch, at: number): Branch {
  const known = branch[at];
  if (Array.isArray(known)) return known;
  const made: Branch = [];
  branch[at] = made;
  return made;
}

function readMinute(bytes: Uint8Array, start: number): number {
  const text = String.fromCharCode(...bytes.subarray(start, start + 16));
  // The whole form and the calendar are checked here, so a date such as 30 February ends up NaN.
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return Number.NaN;
  const ms = Date.parse(`${text}:00.000Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 16) !== text ? Number.NaN : ms;
}

function planOf(rule: EventRule, slotOf: (name: string) => number): EventPlan {
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
