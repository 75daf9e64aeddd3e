import type { SlackBlock } from './slack-post.ts';

/** A block in Block Kit's own form. Pure. */
export function toApiBlock(block: SlackBlock) {
  return block.type === 'text'
    ? { type: 'section' as const, text: { type: 'mrkdwn' as const, text: block.text } }
    : {
        type: 'actions' as const,
        elements: block.buttons.map((button) => ({
          type: 'button' as const,
          text: { type: 'plain_text' as const, text: button.label },
          action_id: button.action,
          ...(button.value ? { value: button.value } : {}),
          ...(button.url ? { url: button.url } : {}),
          ...(button.style ? { style: button.style } : {}),
        })),
      };
}
