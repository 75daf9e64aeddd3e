/** How long a first key waits for its second. */
const SEQUENCE_MS = 1_500;
const LEADER = 'g';

export type KeyPress = {
  key: string;
  /** ⌘ or Ctrl. */
  command: boolean;
  alt: boolean;
  /** It goes to a place where people write, choose or compose (IME), or a dialog or menu is open. */
  taken: boolean;
};
export type Pending = { key: string; at: number } | null;
export type Shortcut =
  | { do: 'palette' }
  | { do: 'help' }
  | { do: 'search' }
  | { do: 'row'; by: 1 | -1 }
  | { do: 'go'; key: string };

/**
 * What a pressed key means. Single keys only lead somewhere or show something; nothing that changes anything has one
 * (ecosystem.md, pattern 43). Pure; `now` in milliseconds.
 */
export function readKey(
  pending: Pending,
  press: KeyPress,
  now: number,
): { pending: Pending; shortcut: Shortcut | null } {
  const nothing = { pending: null, shortcut: null };
  if (press.command && !press.alt && press.key.toLowerCase() === 'k')
    return { pending: null, shortcut: { do: 'palette' } };
  if (press.command || press.alt || press.taken) return nothing;
  if (pending !== null && now - pending.at <= SEQUENCE_MS)
    return { pending: null, shortcut: { do: 'go', key: press.key } };
  switch (press.key) {
    case LEADER:
      return { pending: { key: LEADER, at: now }, shortcut: null };
    case '?':
      return { pending: null, shortcut: { do: 'help' } };
    case '/':
      return { pending: null, shortcut: { do: 'search' } };
    case 'j':
      return { pending: null, shortcut: { do: 'row', by: 1 } };
    case 'k':
      return { pending: null, shortcut: { do: 'row', by: -1 } };
    default:
      return nothing;
  }
}
