/** Reads times one after the other; the minute is mostly that of the line before, so only its seconds are read. */
export class TimestampReader {
  #date = Number.NaN;
  #time = Number.NaN;
  #minuteMs = Number.NaN;

  /** YYYY-MM-DDTHH:MM:SS[.f…]Z as milliseconds since 1970; NaN for every other form. `view` looks at the same bytes. */
  read(bytes: Uint8Array, view: DataView, start: number, end: number): number {
    const length = end - start;
    if (length < 20 || length > 30 || bytes[end - 1] !== 0x5a) return Number.NaN;
    // The minute is mostly that of the line before: its 16 bytes are compared as two doubles.
    const date = view.getFloat64(start, true);
    const time = view.getFloat64(start + 8, true);
    if (date !== this.#date || time !== this.#time) {
      this.#minuteMs = readMinute(bytes, start);
      this.#date = date;
      this.#time = time;
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

function readMinute(bytes: Uint8Array, start: number): number {
  const text = String.fromCharCode(...bytes.subarray(start, start + 16));
  // The whole form and the calendar are checked here, so a date such as 30 February ends up NaN.
  if (!/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}$/.test(text)) return Number.NaN;
  const ms = Date.parse(`${text}:00.000Z`);
  return Number.isNaN(ms) || new Date(ms).toISOString().slice(0, 16) !== text ? Number.NaN : ms;
}
