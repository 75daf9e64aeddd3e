import type { ByteInterner } from './byte-interner.ts';
import type { Cell } from './cell.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const SPACE = 0x20;

export const TIME = 1;
export const NUMBER = 2;
export const TEXT = 3;
const OPEN = 0;
const END = 4;

/** 1 for the bytes that a text may hold without an escape: printable ASCII but for the quote and the backslash. */
const PLAIN = Uint8Array.from({ length: 256 }, (_, c) =>
  c >= SPACE && c <= 0x7e && c !== QUOTE && c !== BACKSLASH ? 1 : 0,
);

/** Shapes that are remembered; telemetry has some hundreds, and a sender that varies without end gains nothing here. */
const MAX_SHAPES = 4096;
/** Values that change from line to line in one shape. */
const MAX_CHANGING = 64;

/** Whole numbers of this many digits are exact doubles, and so is 10^n up to 22: their quotient is rounded once, like JSON.parse. */
export const MAX_DIGITS = 15;
export const POWERS_OF_TEN = Float64Array.from({ length: MAX_DIGITS + 1 }, (_, i) => 10 ** i);

/** A value that may change within a shape: where it stands in the line it was learned from. */
export type Changing = {
  kind: typeof TIME | typeof NUMBER | typeof TEXT;
  start: number;
  end: number;
  /** Texts that mean something at this place (tags named by an exclusion), and which of them the line has; -1: none. */
  meanings: ByteInterner | null;
  meaning: number;
};

/** What is known of a line once its shape is: how to check its numbers and texts, and the cells it may count in. */
export type Shape = {
  numberChecks: readonly { at: number; min: number; max: number; integer: boolean }[];
  textChecks: readonly { at: number; maxLength: number }[];
  /** Numbers that choose between cells by a comparison. */
  comparisons: readonly { at: number; above: number }[];
  /** For each total of the cell: the place of its number, or of two to multiply; -1 where the line has none. */
  totals: readonly { a: number; b: number }[];
  /** The same comparisons by slot of the scanner. */
  cellSlots: readonly { slot: number; above: number }[];
  /** The cells of the window seen last, by what the comparisons say, and those of every window. */
  windowStartMs: number;
  cells: (Cell | undefined)[];
  cellsByWindow: Map<number, (Cell | undefined)[]>;
};

/**
 * A radix tree over the parts of a line that stay the same (keys, names, flags, punctuation), with the changing values
 * between them. A node's literal is matched first, then either a changing value, a branch by the next byte, or the end of
 * the line. The fields of all nodes lie in one array and their literals in another, because following objects costs more
 * than comparing: these are the places of the fields from the start of a node.
 */
const LENGTH = 0;
/** Where the literal is: its first word in `#words`. Whole words of eight bytes, then the last eight bytes again. */
const WORDS = 1;
/** The literal's first four bytes (as far as it has them, zeros after) and its last four. */
const HEAD = 2;
const TAIL = 3;
/** What follows the literal: OPEN (a branch by the next byte, or not known yet), a changing value, or END. */
const KIND = 4;
/** The node after a changing value, the shape at an END, or where the 256 branches of an OPEN begin; -1: none. */
const NEXT = 5;
/** The texts that mean something at a changing text, as a number in `#meanings`; -1: none do. */
const MEANINGS = 6;
const NODE_SIZE = 8;
const BRANCHES = 256;
const NONE = -1;

/** The first bytes of a literal shorter than four, seen as a little-endian whole number. */
const HEAD_MASKS = Int32Array.of(0, 0xff, 0xffff, 0xffffff);

/** Texts that mean something at a place, and the node each of them leads to. */
type Meanings = { texts: ByteInterner; nodes: number[] };

/**
 * Remembers lines that were accepted and recognises the next ones of the same shape: most of a line is then only
 * compared, not read. A line matches when it differs from one that was accepted in nothing but its time, its numbers and
 * its free texts, each written in the plainest form.
 * Learning stands beside matching on purpose: with the tree in a module of its own counting took a tenth longer (measured).
 */
export class LineShapes {
  #nodes = new Int32Array(64 * NODE_SIZE);
  #nodesEnd = 0;
  #words = new Float64Array(1024);
  #wordsEnd = 0;
  #branches = new Int32Array(32 * BRANCHES).fill(NONE);
  #branchesEnd = 0;
  /** Literal of each node, for learning. */
  #literals: Uint8Array[] = [];
  #meanings: Meanings[] = [];
  #shapes: Shape[] = [];
  #root = NONE;
  /** Of the last match: the changing numbers and text lengths in order, the time's place. */
  readonly numbers = new Float64Array(MAX_CHANGING);
  readonly lengths = new Int32Array(MAX_CHANGING);
  timeStart = 0;
  timeEnd = 0;
  /** Of the last match: the offset after its newline. */
  next = 0;

  /** Forgets everything. */
  clear(): void {
    this.#nodesEnd = 0;
    this.#wordsEnd = 0;
    this.#branches.fill(NONE);
    this.#branchesEnd = 0;
    this.#literals = [];
    this.#meanings = [];
    this.#shapes = [];
    this.#root = NONE;
  }

  /** The shape of the line at `from`, or null. `view` looks at the same bytes. Control characters end every loop; the bytes hold a newline after `from`. */
  match(bytes: Uint8Array, view: DataView, from: number): Shape | null {
    const end = bytes.length;
    const nodes = this.#nodes;
    const words = this.#words;
    const { numbers, lengths } = this;
    let node = this.#root;
    let p = from;
    let at = 0;
    while (node >= 0) {
      const length = nodes[node + LENGTH] ?? 0;
      if (p + length > end) return null;
      // Compared in overlapping words rather than byte by byte. A double stands for its bits: no ASCII text is a zero or a NaN.
      if (length >= 8) {
        const first = nodes[node + WORDS] ?? 0;
        const last = first + (length >> 3);
        if (words[last] !== view.getFloat64(p + length - 8, true)) return null;
        for (let i = first, q = p; i < last; i += 1, q += 8)
          if (words[i] !== view.getFloat64(q, true)) return null;
      } else if (length >= 4) {
        if (nodes[node + HEAD] !== view.getInt32(p, true)) return null;
        if (nodes[node + TAIL] !== view.getInt32(p + length - 4, true)) return null;
      } else if (length > 0) {
        if (p + 4 > end) return null;
        if ((view.getInt32(p, true) & (HEAD_MASKS[length] ?? 0)) !== nodes[node + HEAD]) return null;
      }
      p += length;
      const kind = nodes[node + KIND] ?? OPEN;
      const next = nodes[node + NEXT] ?? NONE;
      if (kind === OPEN) {
        if (next < 0) return null;
        node = this.#branches[next + (bytes[p] ?? 0)] ?? NONE;
        continue;
      }
      if (kind === END) {
        this.next = p;
        return this.#shapes[next] ?? null;
      }
      let c = bytes[p] ?? 0;
      if (kind === NUMBER) {
        const negative = c === 0x2d;
        if (negative) {
          p += 1;
          c = bytes[p] ?? 0;
        }
        const digits = p;
        let mantissa = 0;
        while (c >= 0x30 && c <= 0x39) {
          mantissa = mantissa * 10 + (c - 0x30);
          p += 1;
          c = bytes[p] ?? 0;
        }
        const whole = p - digits;
        if (whole === 0 || (whole > 1 && bytes[digits] === 0x30)) return null;
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
          if (decimals === 0) return null;
        }
        // An exponent is not a digit: the literal that follows does not match it.
        if (whole + decimals > MAX_DIGITS) return null;
        const value = decimals === 0 ? mantissa : mantissa / (POWERS_OF_TEN[decimals] ?? 1);
        numbers[at] = negative ? -value : value;
      } else {
        // Whatever ends a text: only a quote is followed by the literal, which begins with it.
        const start = p;
        const meanings = nodes[node + MEANINGS] ?? NONE;
        if (kind === TIME && bytes[p + 24] === QUOTE) {
          p += 24; // the usual length; what is in it is checked when the time is read
        } else if (meanings < 0) {
          while (p + 4 <= end && fourArePlain(view.getInt32(p, true))) p += 4;
          while (PLAIN[bytes[p] ?? 0] === 1) p += 1;
        } else {
          let hash = 0;
          while (PLAIN[c] === 1) {
            hash = (Math.imul(hash, 31) + c) | 0;
            p += 1;
            c = bytes[p] ?? 0;
          }
          const known = this.#meanings[meanings];
          const meaning = known === undefined ? NONE : known.texts.find(bytes, start, p, hash);
          if (known !== undefined && meaning >= 0) {
            node = known.nodes[meaning] ?? NONE;
            continue;
          }
        }
        lengths[at] = p - start;
        if (kind === TIME) {
          this.timeStart = start;
          this.timeEnd = p;
        }
      }
      at += 1;
      node = next;
    }
    return null;
  }

  /**
   * The remembered shape of the accepted line bytes[from, next), or a new one made by `create`.
   * null when it cannot be remembered: too many shapes, or a place that changes in one shape and is fixed in another.
   */
  learn(
    bytes: Uint8Array,
    from: number,
    next: number,
    changing: readonly Changing[],
    create: () => Shape,
  ): Shape | null {
    if (changing.length > MAX_CHANGING) return null;
    let at = from;
    let node = this.#root;
    let place = (made: number): void => {
      this.#root = made;
    };
    for (let i = 0; i <= changing.length; i += 1) {
      const value = changing[i];
      const end = this.#descend(bytes, at, value?.start ?? next, node, place);
      if (end === NONE) return null;
      const kind = this.#nodes[end + KIND];
      const isNew = kind === OPEN && this.#nodes[end + NEXT] === NONE;
      if (value === undefined) {
        if (isNew) {
          this.#nodes[end + KIND] = END;
          this.#nodes[end + NEXT] = this.#shapes.length;
          this.#shapes.push(create());
        } else if (kind !== END) return null;
        return this.#shapes[this.#nodes[end + NEXT] ?? NONE] ?? null;
      }
      if (isNew) {
        this.#nodes[end + KIND] = value.kind;
        if (value.meanings !== null) {
          this.#nodes[end + MEANINGS] = this.#meanings.length;
          this.#meanings.push({ texts: value.meanings, nodes: value.meanings.texts.map(() => NONE) });
        }
      } else if (kind !== value.kind) return null;
      const meanings = this.#meanings[this.#nodes[end + MEANINGS] ?? NONE];
      if ((meanings?.texts ?? null) !== value.meanings) return null;
      const { meaning } = value;
      if (meaning >= 0) {
        if (meanings === undefined) return null;
        node = meanings.nodes[meaning] ?? NONE;
        place = (made) => {
          meanings.nodes[meaning] = made;
        };
      } else {
        node = this.#nodes[end + NEXT] ?? NONE;
        place = (made) => {
          this.#nodes[end + NEXT] = made;
        };
      }
      at = value.end;
    }
    return null;
  }

  /** The node that ends exactly after the fixed bytes[from, end), made where it is missing; NONE where it cannot be. */
  #descend(
    bytes: Uint8Array,
    from: number,
    end: number,
    start: number,
    placeStart: (made: number) => void,
  ): number {
    let at = from;
    let node = start;
    let place = placeStart;
    for (;;) {
      if (node === NONE) {
        if (this.#shapes.length >= MAX_SHAPES) return NONE;
        const made = this.#add(new Uint8Array(bytes.subarray(at, end))); // `slice` of a Buffer would share its memory
        place(made);
        return made;
      }
      const literal = this.#literals[node / NODE_SIZE] ?? new Uint8Array(0);
      let same = 0;
      while (same < literal.length && at + same < end && literal[same] === bytes[at + same]) same += 1;
      if (same < literal.length) {
        // A changing value or the end of the line in the middle of what is fixed elsewhere: not worth a rule.
        if (at + same === end || this.#shapes.length >= MAX_SHAPES) return NONE;
        this.#split(node, literal, same);
      }
      at += same;
      if (at === end) return node;
      const branches = this.#nodes[node + NEXT] ?? NONE;
      if (this.#nodes[node + KIND] !== OPEN || branches === NONE) return NONE;
      const branch = branches + (bytes[at] ?? 0);
      node = this.#branches[branch] ?? NONE;
      place = (made) => {
        this.#branches[branch] = made;
      };
    }
  }

  /** The node keeps the first bytes of its literal and branches; one of the branches is what it was before. */
  #split(node: number, literal: Uint8Array, same: number): void {
    const rest = this.#add(literal.slice(same));
    for (const field of [KIND, NEXT, MEANINGS]) this.#nodes[rest + field] = this.#nodes[node + field] ?? NONE;
    const branches = this.#branchesEnd;
    this.#branchesEnd += BRANCHES;
    if (this.#branchesEnd > this.#branches.length) {
      const grown = new Int32Array(this.#branches.length * 2).fill(NONE, branches);
      grown.set(this.#branches);
      this.#branches = grown;
    }
    this.#branches[branches + (literal[same] ?? 0)] = rest;
    this.#setLiteral(node, literal.slice(0, same));
    this.#nodes[node + KIND] = OPEN;
    this.#nodes[node + NEXT] = branches;
    this.#nodes[node + MEANINGS] = NONE;
  }

  #add(literal: Uint8Array): number {
    const node = this.#nodesEnd;
    this.#nodesEnd += NODE_SIZE;
    if (this.#nodesEnd > this.#nodes.length) {
      const grown = new Int32Array(this.#nodes.length * 2);
      grown.set(this.#nodes);
      this.#nodes = grown;
    }
    this.#setLiteral(node, literal);
    this.#nodes[node + KIND] = OPEN;
    this.#nodes[node + NEXT] = NONE;
    this.#nodes[node + MEANINGS] = NONE;
    return node;
  }

  #setLiteral(node: number, literal: Uint8Array): void {
    const { length } = literal;
    const padded = new DataView(new ArrayBuffer(length + 8));
    for (let i = 0; i < length; i += 1) padded.setUint8(i, literal[i] ?? 0);
    const words = Array.from({ length: length >> 3 }, (_, i) => padded.getFloat64(i * 8, true));
    if (length >= 8) words.push(padded.getFloat64(length - 8, true));
    const first = this.#wordsEnd;
    this.#wordsEnd += words.length;
    if (this.#wordsEnd > this.#words.length) {
      const grown = new Float64Array(2 * this.#wordsEnd);
      grown.set(this.#words);
      this.#words = grown;
    }
    this.#words.set(words, first);
    this.#literals[node / NODE_SIZE] = literal;
    this.#nodes[node + LENGTH] = length;
    this.#nodes[node + WORDS] = first;
    this.#nodes[node + HEAD] = padded.getInt32(0, true);
    this.#nodes[node + TAIL] = length >= 4 ? padded.getInt32(length - 4, true) : 0;
  }
}

/**
 * Whether four bytes at once are PLAIN: none below a space, a quote, a backslash, DEL or beyond ASCII. Each term sets the
 * high bit of a byte where it is not; a borrow can only make it say no too often, and then every byte is looked at.
 */
function fourArePlain(four: number): boolean {
  const quote = four ^ 0x22222222;
  const backslash = four ^ 0x5c5c5c5c;
  const marks =
    four |
    (four - 0x20202020) |
    (four + 0x01010101) |
    ((quote - 0x01010101) & ~quote) |
    ((backslash - 0x01010101) & ~backslash);
  return (marks & 0x80808080) === 0;
}
