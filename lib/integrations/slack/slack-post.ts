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
  text: string;
  blocks: readonly SlackBlock[];
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
    const at = rest.lastIndexOf('\n', SECTION_LIMIT);
    const end = at > 0 ? at : SECTION_LIMIT;
    blocks.push({ type: 'text', text: rest.slice(0, end) });
    rest = rest.slice(end).replace(/^\n/, '');
  }
  return [...blocks, { type: 'text', text: rest }];
}
