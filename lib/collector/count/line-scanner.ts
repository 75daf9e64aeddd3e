import { COMMON_FIELDS, type EventRules, MAX_COMMON_LENGTH } from '#lib/telemetry/counting.ts';
import { ByteInterner } from './byte-interner.ts';
import type { Cell } from './cell.ts';
import { CellTree } from './cell-tree.ts';
import { type EventPlan, planOf } from './event-plan.ts';
import { shapeOfLine } from './learn-shape.ts';
import { LineShapes, type Shape } from './line-shapes.ts';
import { ABSENT, FALSE, NUMBER, ScannedLine, STRING, TRUE } from './scanned-line.ts';
import { TimestampReader } from './timestamp-reader.ts';

/**
 * The shortcut through a line that is surely valid: one pass over its bytes, no string, no object (most of telemetry).
 *
 * It only ever says "counted" or "not sure". Sure means: a flat object of ASCII without escapes, known keys once each,
 * numbers that a double holds exactly, a time in UTC, and every rule of the event met. Whatever else a line is, the caller
 * gives it to `judgeLine`, which alone refuses. So both ways agree as long as this one is right about what it accepts.
 */
export class LineScanner {
  readonly #maxLineBytes: number;
  readonly #oldestMs: number;
  readonly #newestMs: number;
  readonly #events: ByteInterner;
  readonly #components: ByteInterner;
  readonly #features: ByteInterner;
  readonly #plans: EventPlan[];
  readonly #slots: Record<keyof typeof COMMON_FIELDS, number>;
  readonly #line: ScannedLine;
  readonly #shapes = new LineShapes();
  readonly #times = new TimestampReader();
  readonly #cells: CellTree;
  /** Of the line that was accepted last. */
  #plan: EventPlan | null = null;

  minTsMs = Number.POSITIVE_INFINITY;
  maxTsMs = Number.NEGATIVE_INFINITY;
  excludedCount = 0;

  constructor(rules: EventRules, nowMs: number) {
    this.#maxLineBytes = rules.maxLineBytes;
    this.#oldestMs = nowMs - rules.maxAgeSeconds * 1000;
    this.#newestMs = nowMs + rules.futureToleranceSeconds * 1000;
    const events = [...rules.events.values()];
    const names = new Set<string>(Object.keys(COMMON_FIELDS));
    for (const event of events) {
      for (const field of event.fields) names.add(field.name);
      for (const exclusion of event.exclusions) for (const { field } of exclusion.where) names.add(field);
    }
    const slotNames = [...names];
    const slots = new Map(slotNames.map((name, slot) => [name, slot]));
    const slotOf = (name: string) => slots.get(name) ?? -1;
    this.#line = new ScannedLine(slotNames);
    this.#slots = Object.fromEntries(
      Object.keys(COMMON_FIELDS).map((name) => [name, slotOf(name)]),
    ) as Record<keyof typeof COMMON_FIELDS, number>;
    this.#events = new ByteInterner(events.map((event) => event.name));
    this.#components = new ByteInterner(rules.components);
    this.#features = new ByteInterner(rules.features);
    this.#plans = events.map((event) => planOf(event, slotOf));
    this.#cells = new CellTree(rules);
  }

  /** Whether so many dimension values are held that `takeCells` should be called. */
  get crowded(): boolean {
    return this.#cells.crowded;
  }

  /** What was counted since the last call; the scanner starts again with nothing. */
  takeCells(): Cell[] {
    this.#shapes.clear();
    return this.#cells.take(this.#plans);
  }

  /**
   * Counts the line that starts at `from` and returns where the next one starts, or -1 when it is not sure.
   * The bytes must hold a newline at or after `from`; `view` looks at the same bytes.
   */
  count(bytes: Uint8Array, view: DataView, from: number): number {
    const shape = this.#shapes.match(bytes, view, from);
    if (shape !== null && this.#countShape(bytes, view, from, shape)) return this.#shapes.next;
    const next = this.#line.read(bytes, from);
    if (next < 0 || next - 1 - from > this.#maxLineBytes) return -1;
    const cell = this.#accept(bytes, view);
    if (cell === null) return -1;
    if (shape === null) this.#learn(bytes, from, next, cell);
    else this.#rememberCell(shape, cell);
    return next;
  }

  /** Counts a line of a known shape; false when a value breaks a rule or the cell is not known yet. */
  #countShape(bytes: Uint8Array, view: DataView, from: number, shape: Shape): boolean {
    const { numbers, lengths, timeStart, timeEnd, next } = this.#shapes;
    if (next - 1 - from > this.#maxLineBytes) return false;
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
    const tsMs = this.#times.read(bytes, view, timeStart, timeEnd);
    if (!(tsMs >= this.#oldestMs && tsMs <= this.#newestMs)) return false;
    if (!this.#cells.isInWindow(tsMs)) return false;
    let choice = 0;
    for (let i = 0; i < comparisons.length; i += 1) {
      const comparison = comparisons[i];
      if (comparison === undefined) return false;
      choice = choice * 2 + ((numbers[comparison.at] ?? 0) > comparison.above ? 1 : 0);
    }
    const { windowStartMs } = this.#cells;
    const cells = shape.windowStartMs === windowStartMs ? shape.cells : cellsOf(shape, windowStartMs);
    const cell = cells[choice];
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

  #note(cell: Cell, tsMs: number): void {
    cell.count += 1;
    if (cell.tagSet !== '') this.excludedCount += 1;
    if (tsMs < this.minTsMs) this.minTsMs = tsMs;
    if (tsMs > this.maxTsMs) this.maxTsMs = tsMs;
  }

  /** Remembers the shape of the line that was just accepted, with the cell it counted in. */
  #learn(bytes: Uint8Array, from: number, next: number, cell: Cell): void {
    if (this.#plan === null) return;
    const { changing, create } = shapeOfLine(this.#line, bytes, this.#plan, this.#slots.ts);
    const shape = this.#shapes.learn(bytes, from, next, changing, create);
    if (shape !== null) this.#rememberCell(shape, cell);
  }

  #rememberCell(shape: Shape, cell: Cell): void {
    let choice = 0;
    for (const { slot, above } of shape.cellSlots)
      choice = choice * 2 + (this.#line.numberAt(slot) > above ? 1 : 0);
    cellsOf(shape, cell.windowStartMs)[choice] = cell;
  }

  /** Applies the rules of the event to what was read; counts it and returns its cell only when all are met. */
  #accept(bytes: Uint8Array, view: DataView): Cell | null {
    const line = this.#line;
    const slots = this.#slots;
    if (line.kindOf(slots.event) !== STRING || line.kindOf(slots.component) !== STRING) return null;
    if (line.kindOf(slots.ts) !== STRING || line.kindOf(slots.phase) !== STRING) return null;
    const event = line.find(this.#events, bytes, slots.event);
    const plan = this.#plans[event];
    if (plan === undefined || line.find(this.#components, bytes, slots.component) < 0) return null;
    const feature = line.kindOf(slots.feature);
    if (feature === STRING ? line.find(this.#features, bytes, slots.feature) < 0 : feature !== ABSENT)
      return null;
    if (feature === ABSENT && plan.rule.featureRequired) return null;
    const phase = line.find(this.#cells.phases, bytes, slots.phase);
    if (phase < 0) return null;
    const rolloutKind = line.kindOf(slots.rollout);
    if (rolloutKind !== ABSENT && rolloutKind !== STRING) return null;
    const rollout = rolloutKind === ABSENT ? 0 : line.find(this.#cells.rollouts, bytes, slots.rollout);
    if (rollout < 0 || (rolloutKind === STRING && rollout === 0)) return null;
    if (!this.#isTag(slots.tenant) || !this.#isTag(slots.environment)) return null;
    if (!this.#isFlag(slots.observed_only) || !this.#isFlag(slots.dry_run)) return null;
    if (!this.#fieldsAreValid(plan, bytes)) return null;
    const tsMs = this.#times.read(bytes, view, line.startAt(slots.ts), line.endAt(slots.ts));
    if (!(tsMs >= this.#oldestMs && tsMs <= this.#newestMs)) return null;

    const cell = this.#cells.cellOf(line, bytes, { plan, event, phase, rollout, tsMs });
    if (cell === null) return null;
    this.#plan = plan;
    this.#note(cell, tsMs);
    let at = 0;
    for (const { slot } of plan.measured) {
      if (line.kindOf(slot) !== ABSENT) cell.fields[at]?.add(line.numberAt(slot) + 0);
      at += 1;
    }
    for (const { a, b } of plan.products) {
      if (line.kindOf(a) === NUMBER && line.kindOf(b) === NUMBER)
        cell.fields[at]?.add(line.numberAt(a) * line.numberAt(b) + 0);
      at += 1;
    }
    return cell;
  }

  #isTag(slot: number): boolean {
    const kind = this.#line.kindOf(slot);
    return kind === ABSENT || (kind === STRING && this.#line.lengthAt(slot) <= MAX_COMMON_LENGTH);
  }

  #isFlag(slot: number): boolean {
    const kind = this.#line.kindOf(slot);
    return kind === ABSENT || kind === TRUE || kind === FALSE;
  }

  #fieldsAreValid(plan: EventPlan, bytes: Uint8Array): boolean {
    const line = this.#line;
    for (const check of plan.numbers) {
      const kind = line.kindOf(check.slot);
      if (kind === ABSENT) {
        if (check.required) return false;
        continue;
      }
      const value = line.numberAt(check.slot);
      if (kind !== NUMBER || value < check.min || value > check.max) return false;
      if (check.integer && Math.trunc(value) !== value) return false;
    }
    for (const check of plan.strings) {
      const kind = line.kindOf(check.slot);
      if (kind === ABSENT) {
        if (check.required) return false;
        continue;
      }
      if (kind !== STRING || line.lengthAt(check.slot) > check.maxLength) return false;
      if (check.values !== null && line.find(check.values, bytes, check.slot) < 0) return false;
    }
    for (const check of plan.booleans) {
      const kind = line.kindOf(check.slot);
      if (kind === ABSENT ? check.required : kind !== TRUE && kind !== FALSE) return false;
    }
    return true;
  }
}

/** The cells of a shape in one window; from now on that window's are at hand. */
function cellsOf(shape: Shape, windowStartMs: number): (Cell | undefined)[] {
  const known = shape.cellsByWindow.get(windowStartMs) ?? [];
  shape.cellsByWindow.set(windowStartMs, known);
  shape.windowStartMs = windowStartMs;
  shape.cells = known;
  return known;
}
