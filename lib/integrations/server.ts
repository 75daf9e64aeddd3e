export { type GitHubIssues, gitHubIssuesClient } from './github/github-issues.client.ts';
export {
  type PagerDuty,
  type PagerDutyChange,
  type PagerDutyEvent,
  pagerDutyClient,
} from './pagerduty/pagerduty.client.ts';
export { type Slack, slackClient } from './slack/slack.client.ts';
export { postThroughWebhook } from './slack/slack-webhook.client.ts';
