import { ByteInterner } from './byte-interner.ts';
import { MAX_DIGITS, POWERS_OF_TEN } from './line-shapes.ts';

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const NEWLINE = 0x0a;
const SPACE = 0x20;

/** What stands in a field. */
export const ABSENT = 0;
export const STRING = 1;
export const FALSE = 2;
export const TRUE = 3;
export const NUMBER = 4;
export const NULL = 5;

/**
 * One line at a time, as it stands in its bytes: of each known field (its slot is its place among `names`) the kind, and the
 * number or where the text is. Reading makes no string and no object.
 */
export class ScannedLine {
  readonly #keys: ByteInterner;
  readonly #kind: Uint8Array;
  readonly #stamp: Int32Array;
  readonly #number: Float64Array;
  readonly #start: Int32Array;
  readonly #end: Int32Array;
  readonly #hash: Int32Array;
  #line = 0;
  /** Slot (-1: an unknown field), kind, start and end of each value of the line, in its order; `valueCount` numbers are of this line. */
  readonly values = new Int32Array(256);
  valueCount = 0;

  constructor(names: readonly string[]) {
    this.#keys = new ByteInterner(names);
    this.#kind = new Uint8Array(names.length);
    this.#stamp = new Int32Array(names.length);
    this.#number = new Float64Array(names.length);
    this.#start = new Int32Array(names.length);
    this.#end = new Int32Array(names.length);
    this.#hash = new Int32Array(names.length);
  }

  /**
   * Notes kind and place of every known field of the line at `from`; returns where the next line starts, or -1 when it is not
   * sure what the line says. Control characters end every loop, so no bound is checked: a newline follows.
   */
  read(bytes: Uint8Array, from: number): number {
    this.#line = (this.#line + 1) | 0;
    const stamp = this.#line;
    this.valueCount = 0;
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
      const at = this.valueCount;
      if (at + 4 > this.values.length) return -1; // more fields than any event has
      this.values[at] = slot;
      this.values[at + 1] = kind;
      this.values[at + 2] = valueStart;
      this.values[at + 3] = valueEnd;
      this.valueCount = at + 4;
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

  kindOf(slot: number): number {
    return this.#stamp[slot] === this.#line ? (this.#kind[slot] ?? ABSENT) : ABSENT;
  }

  /** The number in a slot; meaningless unless its kind is NUMBER. */
  numberAt(slot: number): number {
    return this.#number[slot] ?? 0;
  }

  /** Where the text in a slot begins and ends, and how long it is; meaningless unless its kind is STRING. */
  startAt(slot: number): number {
    return this.#start[slot] ?? 0;
  }

  endAt(slot: number): number {
    return this.#end[slot] ?? 0;
  }

  lengthAt(slot: number): number {
    return this.endAt(slot) - this.startAt(slot);
  }

  /** The id of the text in a slot; -1: the interner does not know it. */
  find(interner: ByteInterner, bytes: Uint8Array, slot: number): number {
    return interner.find(bytes, this.startAt(slot), this.endAt(slot), this.#hash[slot] ?? 0);
  }

  findOrAdd(interner: ByteInterner, bytes: Uint8Array, slot: number): number {
    return interner.findOrAdd(bytes, this.startAt(slot), this.endAt(slot), this.#hash[slot] ?? 0);
  }

  /** What a field says, as JSON.parse would give it; undefined where it says nothing. The slow way: it may make a string. */
  valueOf(bytes: Uint8Array, field: string): unknown {
    const slot = this.#keys.texts.indexOf(field);
    switch (slot < 0 ? ABSENT : this.kindOf(slot)) {
      case STRING:
        return String.fromCharCode(...bytes.subarray(this.startAt(slot), this.endAt(slot)));
      case NUMBER:
        return this.numberAt(slot);
      case TRUE:
        return true;
      case FALSE:
        return false;
      default:
        return undefined;
    }
  }
}
