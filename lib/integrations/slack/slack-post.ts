/** A button of a message; `action` comes back through the interactivity endpoint, `url` opens a page. */
export type SlackButton = {
  label: string;
  action: string;
  value?: string;
  url?: string;
  style?: 'primary' | 'danger';
};
export type SlackBlock =
  | { type: 'text'; text: string }
  | { type: 'buttons'; buttons: readonly SlackButton[] };

/** One message for Slack. `text` is what notifications and screen readers get. */
export type SlackPost = {
  /** The delivery it belongs to: travels as metadata, so that it can be found again after a crash. */
  deliveryId: string;
  channel: string; // '#name' or an id
  /** No attempt to post it is older. */
  writtenAt: Date;
  text: string;
  blocks: readonly SlackBlock[];
  /** Where it is gone, the post goes to the channel; only what is in a thread says so (`ref.thread`). */
  threadTs?: string | undefined;
};

/** A message that was posted before, as it shall read from now on. */
export type SlackEdit = { channel: string; ts: string; text: string; blocks: readonly SlackBlock[] };

/** A word to one person where others read, too: only they see it. */
export type SlackWhisper = { channel: string; user: string; text: string; threadTs?: string | undefined };

const SECTION_LIMIT = 3000; // Slack's own, in characters

/** A text as sections that Slack takes, split between lines where it is too long. Pure. */
export function textBlocks(text: string): SlackBlock[] {
  const blocks: SlackBlock[] = [];
  let rest = text;
  while (rest.length > SECTION_LIMIT) {
    const end = endOfSection(rest);
    blocks.push({ type: 'text', text: rest.slice(0, end) });
    rest = rest.slice(end).replace(/^\n/, '');
  }
  return rest === '' && blocks.length > 0 ? blocks : [...blocks, { type: 'text', text: rest }];
}

/** The end of the last line that fits; of a line that does not, a place within no character and no escape. */
function endOfSection(text: string): number {
  const line = text.lastIndexOf('\n', SECTION_LIMIT);
  if (line > 0) return line;
  const head = text.slice(0, SECTION_LIMIT);
  const whole = head.replace(/&[a-z]{0,3}$/, '');
  return whole.isWellFormed() ? whole.length : whole.length - 1;
}

const TEXT_LIMIT = 4000; // of chat.update; chat.postMessage takes more, but nobody reads a longer notification

/** The short form of a message, beside its blocks, as long as Slack takes it. Pure. */
export function shortText(text: string): string {
  if (text.length <= TEXT_LIMIT) return text;
  const head = text.slice(0, TEXT_LIMIT - 1).replace(/&[a-z]{0,3}$/, '');
  return `${head.isWellFormed() ? head : head.slice(0, -1)}…`;
}
