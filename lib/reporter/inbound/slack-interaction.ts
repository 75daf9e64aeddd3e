import { z } from 'zod';

const SectionSchema = z.looseObject({
  type: z.literal('section'),
  text: z.looseObject({ text: z.string() }),
});
const ActionsSchema = z.looseObject({
  type: z.literal('actions'),
  elements: z.array(
    z.looseObject({
      action_id: z.string().optional(),
      url: z.string().optional(),
      text: z.looseObject({ text: z.string() }).optional(),
    }),
  ),
});

/** A press of buttons as Slack sends it: https://docs.slack.dev/reference/interaction-payloads/block_actions-payload */
const PressPayloadSchema = z.looseObject({
  type: z.literal('block_actions'),
  user: z.looseObject({ id: z.string().min(1).max(40) }),
  channel: z.looseObject({ id: z.string().min(1).max(40) }),
  message: z.looseObject({
    ts: z.string().min(1).max(40),
    thread_ts: z.string().max(40).optional(),
    text: z.string().default(''),
    blocks: z.array(z.unknown()).default([]),
  }),
  actions: z.array(z.looseObject({ action_id: z.string(), value: z.string().optional() })).min(1),
});

const ANSWERS = { confirm_rollback: 'confirm', decline_rollback: 'decline' } as const;

/** What somebody answered, and the message under which they did. */
export type SlackPress = {
  answer: 'confirm' | 'decline';
  requestId: string;
  slackUserId: string;
  message: {
    channel: string;
    ts: string;
    threadTs: string | undefined;
    text: string;
    /** Its paragraphs, without its buttons. */
    paragraphs: string[];
    /** Its button that opens a page, if it has one. */
    link: { label: string; url: string } | null;
  };
};

/**
 * Reads an interaction's form. Null for what asks nothing of us: other kinds of interactions, and buttons that only open a
 * page. Pure. Errors: `malformed` where it is none of Slack's.
 */
export function readSlackPress(rawBody: string): SlackPress | null | 'malformed' {
  const payload = jsonOf(new URLSearchParams(rawBody).get('payload'));
  if (!z.looseObject({ type: z.string() }).safeParse(payload).success) return 'malformed';
  const parsed = PressPayloadSchema.safeParse(payload);
  if (!parsed.success) return null;
  const { user, channel, message, actions } = parsed.data;
  const action = actions.find(({ action_id }) => Object.hasOwn(ANSWERS, action_id));
  const requestId = z.uuid().safeParse(action?.value);
  if (!action || !requestId.success) return null;
  return {
    answer: ANSWERS[action.action_id as keyof typeof ANSWERS],
    requestId: requestId.data,
    slackUserId: user.id,
    message: {
      channel: channel.id,
      ts: message.ts,
      threadTs: message.thread_ts,
      text: message.text,
      paragraphs: message.blocks.flatMap((block) => {
        const section = SectionSchema.safeParse(block);
        return section.success ? [section.data.text.text] : [];
      }),
      link: linkOf(message.blocks),
    },
  };
}

function linkOf(blocks: readonly unknown[]): SlackPress['message']['link'] {
  for (const block of blocks) {
    const actions = ActionsSchema.safeParse(block);
    for (const { url, text } of actions.data?.elements ?? [])
      if (url !== undefined && text) return { label: text.text, url };
  }
  return null;
}

function jsonOf(text: string | null): unknown {
  if (text === null) return undefined;
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // no press: refused like any other text that is none
  }
}
