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
  /** Texts that this place must not hold, because they mean something (tags named by an exclusion). */
  barred: ByteInterner | null;
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
 * between them. `literal` is matched first, then either a changing value, a branch by the next byte, or the end of the line.
 */
type Node = {
  literal: Uint8Array;
  /**
   * The literal eight bytes at a time, as far as they go: comparing is most of the work. A double stands for its bits,
   * since no ASCII text is the bits of a zero or a NaN.
   */
  words: Float64Array;
  /** The first four bytes, and the last eight (four where the literal is shorter than eight). */
  head: number;
  tail: number;
  /** What follows the literal: OPEN (not known yet or a branch by the next byte), a changing value, or END. */
  kind: number;
  barred: ByteInterner | null;
  afterChanging: Node | null;
  branches: (Node | null)[] | null;
  shape: Shape | null;
};

/** Not `slice`: that of a Buffer shares its memory, which is read into again. */
const copyOf = (bytes: Uint8Array, start: number, end: number) => new Uint8Array(bytes.subarray(start, end));

const literalPart = (literal: Uint8Array): Pick<Node, 'literal' | 'words' | 'head' | 'tail'> => {
  const view = new DataView(literal.buffer, literal.byteOffset, literal.byteLength);
  const { length } = literal;
  return {
    literal,
    words: Float64Array.from({ length: length >> 3 }, (_, i) => view.getFloat64(i * 8, true)),
    head: length >= 4 ? view.getInt32(0, true) : 0,
    tail: length >= 8 ? view.getFloat64(length - 8, true) : length >= 4 ? view.getInt32(length - 4, true) : 0,
  };
};

const leaf = (literal: Uint8Array): Node => ({
  ...literalPart(literal),
  kind: OPEN,
  barred: null,
  afterChanging: null,
  branches: null,
  shape: null,
});

/**
 * Remembers lines that were accepted and recognises the next ones of the same shape: most of a line is then only
 * compared, not read. A line matches when it differs from one that was accepted in nothing but its time, its numbers and
 * its free texts, each written in the plainest form.
 */
export class LineShapes {
  #root: Node | null = null;
  #count = 0;
  /** Of the last match: the changing numbers and text lengths in order, the time's place. */
  readonly numbers = new Float64Array(MAX_CHANGING);
  readonly lengths = new Int32Array(MAX_CHANGING);
  timeStart = 0;
  timeEnd = 0;
  /** Of the last match: the offset after its newline. */
  next = 0;

  /** Forgets everything. */
  clear(): void {
    this.#root = null;
    this.#count = 0;
  }

  /** The shape of the line at `from`, or null. `view` looks at the same bytes. Control characters end every loop; the bytes hold a newline after `from`. */
  match(bytes: Uint8Array, view: DataView, from: number): Shape | null {
    const end = bytes.length;
    let node = this.#root;
    let p = from;
    let at = 0;
    while (node !== null) {
      const literal = node.literal;
      const length = literal.length;
      if (p + length > end) return null;
      // Compared in overlapping pieces rather than byte by byte: short loops of changing length cost most here.
      if (length >= 8) {
        const words = node.words;
        for (let i = 0; i < words.length; i += 1)
          if (words[i] !== view.getFloat64(p + i * 8, true)) return null;
        if (node.tail !== view.getFloat64(p + length - 8, true)) return null;
      } else if (length >= 4) {
        if (node.head !== view.getInt32(p, true) || node.tail !== view.getInt32(p + length - 4, true))
          return null;
      } else {
        for (let i = 0; i < length; i += 1) if (literal[i] !== bytes[p + i]) return null;
      }
      p += length;
      const { kind } = node;
      if (kind === OPEN) {
        const { branches }: { branches: (Node | null)[] | null } = node;
        if (branches === null) return null;
        node = branches[bytes[p] ?? 0] ?? null;
        continue;
      }
      if (kind === END) {
        this.next = p;
        return node.shape;
      }
      const { barred }: { barred: ByteInterner | null } = node;
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
        this.numbers[at] = negative ? -value : value;
      } else {
        const start = p;
        if (kind === TIME && bytes[p + 24] === QUOTE) {
          p += 24; // the usual length; what is in it is checked when the time is read
        } else if (barred === null) {
          while (PLAIN[bytes[p] ?? 0] === 1) p += 1;
        } else {
          let hash = 0;
          while (PLAIN[c] === 1) {
            hash = (Math.imul(hash, 31) + c) | 0;
            p += 1;
            c = bytes[p] ?? 0;
          }
          if (barred.find(bytes, start, p, hash) >= 0) return null;
        }
        // Whatever ended the text: only a quote is followed by the literal, which begins with it.
        this.lengths[at] = p - start;
        if (kind === TIME) {
          this.timeStart = start;
          this.timeEnd = p;
        }
      }
      at += 1;
      node = node.afterChanging;
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
    let replace = (made: Node): void => {
      this.#root = made;
    };
    for (let i = 0; i <= changing.length; i += 1) {
      const value = changing[i];
      const end = this.#descend(bytes, at, value?.start ?? next, node, replace);
      if (end === null) return null;
      if (value === undefined) {
        if (end.kind !== END && (end.kind !== OPEN || end.branches !== null)) return null;
        if (end.shape === null) {
          end.kind = END;
          end.shape = create();
          this.#count += 1;
        }
        return end.shape;
      }
      if (end.kind === OPEN && end.branches === null) {
        end.kind = value.kind;
        end.barred = value.barred;
      } else if (end.kind !== value.kind || end.barred !== value.barred) return null;
      node = end.afterChanging;
      replace = (made) => {
        end.afterChanging = made;
      };
      at = value.end;
    }
    return null;
  }

  /** The node that ends exactly after the fixed bytes[at, end), made where it is missing; null where it cannot be. */
  #descend(
    bytes: Uint8Array,
    from: number,
    end: number,
    start: Node | null,
    place: (made: Node) => void,
  ): Node | null {
    let at = from;
    let node = start;
    let replace = place;
    for (;;) {
      if (node === null) {
        if (this.#count >= MAX_SHAPES) return null;
        const made = leaf(copyOf(bytes, at, end));
        replace(made);
        return made;
      }
      let same = 0;
      while (same < node.literal.length && at + same < end && node.literal[same] === bytes[at + same])
        same += 1;
      if (same < node.literal.length) {
        // A changing value or the end of the line in the middle of what is fixed elsewhere: not worth a rule.
        if (at + same === end || this.#count >= MAX_SHAPES) return null;
        const made = leaf(copyOf(bytes, at + same, end));
        const rest: Node = { ...node, ...literalPart(node.literal.slice(same)) };
        const split = leaf(node.literal.slice(0, same));
        split.branches = new Array<Node | null>(256).fill(null);
        split.branches[rest.literal[0] ?? 0] = rest;
        split.branches[made.literal[0] ?? 0] = made;
        replace(split);
        return made;
      }
      at += same;
      if (at === end) return node;
      if (node.branches === null) return null;
      const branches: (Node | null)[] = node.branches;
      const byte = bytes[at] ?? 0;
      node = branches[byte] ?? null;
      replace = (made) => {
        branches[byte] = made;
      };
    }
  }
}
