import { isUtf8 } from 'node:buffer';
import {
  type AcceptedEvent,
  type EventRules,
  type RefusedEvent,
  validateEvent,
} from '#lib/telemetry/counting.ts';

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/**
 * Judges one line (without its newline) the plain way: UTF-8, JSON.parse, then the event rules. null: a blank line.
 * This is the definition of a valid line; the fast scanner may only take a shortcut to the same answer.
 */
export function judgeLine(
  rules: EventRules,
  line: Uint8Array,
  nowMs: number,
): AcceptedEvent | RefusedEvent | null {
  if (line.length > rules.maxLineBytes) return lineTooLong(rules, line.length);
  if (isBlank(line)) return null;
  if (!isUtf8(line))
    return { accepted: false, reason: 'not_utf8', field: null, message: 'the line is not UTF-8' };
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(line));
  } catch (error) {
    // JSON.parse names the place of the fault and quotes the text around it; NUL cannot be stored in PostgreSQL.
    const detail = error instanceof Error ? error.message.slice(0, 200).toWellFormed() : 'not JSON';
    return {
      accepted: false,
      reason: 'not_json',
      field: null,
      message: detail.replaceAll('\u0000', '\u2400'),
    };
  }
  return validateEvent(rules, value, nowMs);
}

/** Refuses a line that is longer than policy lets be read (TEL-10). Units: bytes without the newline. */
export function lineTooLong(rules: EventRules, byteLength: number): RefusedEvent {
  return {
    accepted: false,
    reason: 'line_too_long',
    field: null,
    message: `the line has ${byteLength} bytes, at most ${rules.maxLineBytes} are read`,
  };
}

function isBlank(line: Uint8Array): boolean {
  for (const byte of line) if (byte !== 0x20 && byte !== 0x09 && byte !== 0x0d) return false;
  return true;
}
