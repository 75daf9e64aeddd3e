export { isPagerDutySignature } from './pagerduty/pagerduty-signature.ts';
export type { Observation, SendResult } from './send-result.ts';
export {
  type SlackBlock,
  type SlackButton,
  type SlackEdit,
  type SlackPost,
  type SlackWhisper,
  textBlocks,
} from './slack/slack-post.ts';
export { isSlackSignature } from './slack/slack-signature.ts';
