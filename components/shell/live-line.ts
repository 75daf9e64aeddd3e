// The server speaks every 15 s; three silences mean that the line is dead although it looks open.
const SILENCE_MS = 50_000;
// Whoever loads slower than this may have missed something between the first answer and the stream.
const FRESH_MS = 5_000;

export type LineEvent = 'opening' | 'opened' | 'heard' | 'broken' | 'tick';
export type Line = {
  /** When the server was heard last; of a page that was just opened, when it was asked for. */
  heardAt: number;
  /** When a line was tried last. */
  triedAt: number;
  /** Whether something may have been missed that has not been reloaded. */
  missed: boolean;
};
export type LineStep = { line: Line; reload: boolean; reopen: boolean };

/**
 * What a page does about its line to the server: reload everything once it is open again after a break, and open a new one
 * when it has been silent for too long, as after a sleep of the machine (DASH-7). Pure; `now` in milliseconds.
 */
export function stepLine(line: Line, event: LineEvent, now: number): LineStep {
  const stay = (next: Line): LineStep => ({ line: next, reload: false, reopen: false });
  switch (event) {
    case 'opening':
      return stay({ ...line, triedAt: now });
    case 'opened':
      return {
        line: { ...line, heardAt: now, missed: false },
        reload: line.missed || now - line.heardAt > FRESH_MS,
        reopen: false,
      };
    case 'heard':
      return stay({ ...line, heardAt: now });
    case 'broken':
      return stay({ ...line, missed: true });
    case 'tick': {
      const reopen = now - Math.max(line.heardAt, line.triedAt) > SILENCE_MS;
      return { line: reopen ? { ...line, missed: true } : line, reload: false, reopen };
    }
  }
}
