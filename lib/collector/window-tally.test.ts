import { describe, expect, it } from 'vitest';
import { isOfAnotherTime } from './window-tally.ts';

const FROM = Date.parse('2026-11-21T10:00:00Z');
const TO = FROM + 900_000;
const elsewhere = (line: string) => isOfAnotherTime(Buffer.from(line), FROM, TO);

describe('a line that is passed over without being read as JSON [DASH-1]', () => {
  it('is one that says first and only once that it is of another time', () => {
    expect(elsewhere('{"ts":"2026-11-21T09:59:59.999Z","event":"x"}')).toBe(true);
    expect(elsewhere('{"ts":"2026-11-21T10:15:00Z","event":"x"}')).toBe(true);
    expect(elsewhere('{"ts":"2026-11-21T10:00:00Z","event":"x"}')).toBe(false);
    expect(elsewhere('{"ts":"2026-11-21T19:14:59.999+09:00","event":"x"}')).toBe(false);
    expect(elsewhere('{"ts":"2026-11-21T10:05:00+09:00","event":"x"}')).toBe(true);
  });

  it('is none that cannot be told so cheaply', () => {
    expect(elsewhere('{"ts":"2026-11-21T09:00:00Z","ts":"2026-11-21T10:05:00Z"}')).toBe(false);
    expect(elsewhere(String.raw`{"ts":"2026-11-21T09:00:00Z","\u0074s":"2026-11-21T10:05:00Z"}`)).toBe(false);
    expect(elsewhere('{ "ts":"2026-11-21T09:00:00Z"}')).toBe(false);
    expect(elsewhere('{"event":"x","ts":"2026-11-21T09:00:00Z"}')).toBe(false);
    expect(elsewhere('{"ts":"yesterday"}')).toBe(false);
    expect(elsewhere('{"ts":"2026')).toBe(false);
    expect(elsewhere('')).toBe(false);
  });
});
