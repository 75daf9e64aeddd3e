import { describe, expect, it } from 'vitest';
import { type KeyPress, type Pending, readKey } from './read-key.ts';

function press(key: string, more: Partial<KeyPress> = {}): KeyPress {
  return { key, command: false, alt: false, taken: false, ...more };
}

/** What comes of keys pressed one after the other, 100 ms apart. */
function typed(...keys: KeyPress[]) {
  let pending: Pending = null;
  return keys.map((key, index) => {
    const read = readKey(pending, key, index * 100);
    pending = read.pending;
    return read.shortcut;
  });
}

describe('shortcuts [DASH-6]', () => {
  it('goes to a place by g and its key', () => {
    expect(typed(press('g'), press('o'))).toEqual([null, { do: 'go', key: 'o' }]);
  });

  it('forgets the g after a while: then it is just a key', () => {
    const { pending } = readKey(null, press('g'), 0);
    expect(readKey(pending, press('j'), 1_500).shortcut).toEqual({ do: 'go', key: 'j' });
    expect(readKey(pending, press('j'), 1_501).shortcut).toEqual({ do: 'row', by: 1 });
  });

  it('moves by rows, searches, and shows the list', () => {
    expect(typed(press('j'), press('k'), press('/'), press('?'))).toEqual([
      { do: 'row', by: 1 },
      { do: 'row', by: -1 },
      { do: 'search' },
      { do: 'help' },
    ]);
  });

  it('leaves what is written, chosen or composed alone, and the browser its own keys', () => {
    for (const key of ['g', '?', '/', 'j', 'k']) {
      expect(typed(press(key, { taken: true }), press('o', { taken: true }))).toEqual([null, null]);
      expect(typed(press(key, { alt: true }))).toEqual([null]);
    }
    expect(typed(press('j', { command: true }))).toEqual([null]);
  });

  it('opens the palette from anywhere, also while writing', () => {
    expect(typed(press('k', { command: true, taken: true }))).toEqual([{ do: 'palette' }]);
    expect(typed(press('K', { command: true }))).toEqual([{ do: 'palette' }]);
  });

  it('has no single key that changes anything', () => {
    const keys = Array.from({ length: 95 }, (_, index) => String.fromCharCode(32 + index));
    const meant = keys.flatMap((key) => typed(press(key)).map((shortcut) => shortcut?.do ?? null));
    expect(new Set(meant)).toEqual(new Set([null, 'help', 'search', 'row']));
  });
});
