import { canonicalDims, dimensionsOf, type EventRules, exclusionTag } from '#lib/telemetry/counting.ts';
import { ByteInterner } from './byte-interner.ts';
import { Cell } from './cell.ts';
import type { EventPlan, Step } from './event-plan.ts';
import { FieldTotals } from './field-totals.ts';
import { FALSE, NULL, NUMBER, type ScannedLine, STRING, TRUE } from './scanned-line.ts';

/** Distinct dimension values held before the caller is asked to fold them. */
const DIMENSION_VALUES_HELD = 4096;

type Branch = (Branch | Cell | null | undefined)[];

/** The cells of every window, found by small numbers: event, phase, what the plan's steps say, rollout. */
export class CellTree {
  readonly #rules: EventRules;
  readonly #windowMs: number;
  #branch: Branch = [];
  #branches = new Map<number, Branch>();
  #dimensionValues = 0;
  /** Start of the window of the cell that was asked for last; NaN before the first. */
  windowStartMs = Number.NaN;
  /** Names that a phase and a rollout may have; rollout 0 is "not named". */
  readonly phases: ByteInterner;
  readonly rollouts: ByteInterner;

  constructor(rules: EventRules) {
    this.#rules = rules;
    this.#windowMs = rules.windowSeconds * 1000;
    this.phases = new ByteInterner(rules.rolloutsByPhase.keys());
    this.rollouts = new ByteInterner(['', ...[...rules.rolloutsByPhase.values()].flat()]);
  }

  /** Whether so many dimension values are held that the cells should be taken. */
  get crowded(): boolean {
    return this.#dimensionValues > DIMENSION_VALUES_HELD;
  }

  /** Every cell since the last call; the tree starts again with nothing, and so do the texts of the plans. */
  take(plans: readonly EventPlan[]): Cell[] {
    const cells: Cell[] = [];
    const collect = (branch: Branch): void => {
      for (const next of branch) {
        if (next instanceof Cell) cells.push(next);
        else if (next) collect(next);
      }
    };
    for (const branch of this.#branches.values()) collect(branch);
    this.#branches = new Map();
    this.windowStartMs = Number.NaN;
    for (const plan of plans)
      for (const step of plan.steps) if (step.open) step.interner = new ByteInterner();
    this.#dimensionValues = 0;
    return cells;
  }

  /** Whether a time lies in the window of the cell that was asked for last. */
  isInWindow(tsMs: number): boolean {
    return tsMs >= this.windowStartMs && tsMs < this.windowStartMs + this.#windowMs;
  }

  /** The cell in which a valid line counts; null: the rollout it names has no such phase. */
  cellOf(
    line: ScannedLine,
    bytes: Uint8Array,
    place: { plan: EventPlan; event: number; phase: number; rollout: number; tsMs: number },
  ): Cell | null {
    const { plan, event, phase, rollout, tsMs } = place;
    if (!this.isInWindow(tsMs)) {
      this.windowStartMs = Math.floor(tsMs / this.#windowMs) * this.#windowMs;
      const known = this.#branches.get(this.windowStartMs) ?? [];
      this.#branches.set(this.windowStartMs, known);
      this.#branch = known;
    }
    let branch = childOf(childOf(this.#branch, event), phase);
    for (const step of plan.steps) branch = childOf(branch, this.#stepValue(step, line, bytes));
    const known = branch[rollout];
    if (known instanceof Cell || known === null) return known;
    const cell = this.#newCell(plan, phase, rollout, (field) => line.valueOf(bytes, field));
    branch[rollout] = cell;
    return cell;
  }

  #stepValue(step: Step, line: ScannedLine, bytes: Uint8Array): number {
    const { slot, above, interner, open } = step;
    const kind = line.kindOf(slot);
    if (above !== null) return kind !== NUMBER ? 0 : line.numberAt(slot) > above ? TRUE : FALSE;
    if (kind !== STRING) return kind === TRUE || kind === FALSE ? kind : 0;
    if (interner === null) return 0;
    // Ids of texts start after the kinds, so that a text and a boolean never meet in one branch.
    if (!open) {
      const known = line.find(interner, bytes, slot);
      return known < 0 ? 0 : NULL + 1 + known;
    }
    const held = interner.texts.length;
    const id = line.findOrAdd(interner, bytes, slot);
    if (id === held) this.#dimensionValues += 1;
    return NULL + 1 + id;
  }

  /** The slow part, once per cell: which rollouts, which tag, which dimensions. null: the rollout has no such phase. */
  #newCell(
    plan: EventPlan,
    phaseId: number,
    rolloutId: number,
    read: (field: string) => unknown,
  ): Cell | null {
    const phase = this.phases.texts[phaseId] ?? '';
    const all = this.#rules.rolloutsByPhase.get(phase) ?? [];
    const named = this.rollouts.texts[rolloutId] ?? '';
    if (rolloutId > 0 && !all.includes(named)) return null;
    const cell = new Cell({
      windowStartMs: this.windowStartMs,
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
}

function childOf(branch: Branch, at: number): Branch {
  const known = branch[at];
  if (Array.isArray(known)) return known;
  const made: Branch = [];
  branch[at] = made;
  return made;
}
