/**
 * What people do about an answer that repeating cannot mend, beside the service's own word for it. What is not listed here is
 * shown as the service said it. Pure data.
 */
const SLACK_TOKEN = 'install the Slack app again and set SLACK_BOT_TOKEN';
const SLACK: Readonly<Record<string, string>> = {
  account_inactive: SLACK_TOKEN,
  invalid_auth: SLACK_TOKEN,
  not_authed: SLACK_TOKEN,
  token_expired: SLACK_TOKEN,
  token_revoked: SLACK_TOKEN,
  channel_not_found:
    'create the channel, or invite the bot to it if it is private, or name another in the policy',
  is_archived: 'unarchive the channel, or name another in the policy',
  not_in_channel: 'invite the bot to the channel',
  restricted_action: 'let apps post in the channel',
  missing_scope: 'add the scope to the Slack app and install it again',
  // Of incoming webhooks.
  action_prohibited: 'let apps post in the channel',
  channel_is_archived: 'unarchive the channel, or set another address in SLACK_WEBHOOK_URLS',
  invalid_token: 'make a new incoming webhook and set SLACK_WEBHOOK_URLS',
  no_active_hooks: 'switch the incoming webhook on, or set another in SLACK_WEBHOOK_URLS',
  no_service: 'make a new incoming webhook and set SLACK_WEBHOOK_URLS',
  no_team: 'make a new incoming webhook and set SLACK_WEBHOOK_URLS',
};

const GITHUB: Readonly<Record<number, string>> = {
  401: 'set a GITHUB_TOKEN that is valid',
  403: 'give GITHUB_TOKEN write access to issues, or unlock the issue',
  404: 'check GITHUB_REPOSITORY, and that GITHUB_TOKEN may see it',
  410: 'switch issues on in the repository',
};

const PAGERDUTY: Readonly<Record<number, string>> = {
  400: 'check the key of the service in PAGERDUTY_ROUTING_KEYS: 32 characters, of an Events API v2 integration',
  402: 'look after the PagerDuty account: it takes no events now',
  403: 'check the key of the service in PAGERDUTY_ROUTING_KEYS, and that the account may use the Events API',
  404: 'check PAGERDUTY_EVENTS_URL',
};

const said = (word: string, remedy: string | undefined): string =>
  remedy === undefined ? word : `${word}: ${remedy}`;

/** `needed`: the scope that Slack says is missing. Pure. */
export function slackWords(code: string, needed?: string): string {
  return said(needed ? `${code} (${needed})` : code, Object.hasOwn(SLACK, code) ? SLACK[code] : undefined);
}
export const gitHubWords = (status: number, message: string): string => said(message, GITHUB[status]);
export const pagerDutyWords = (status: number, answer: string): string =>
  said(`HTTP ${status} ${answer}`.trim(), PAGERDUTY[status]);
