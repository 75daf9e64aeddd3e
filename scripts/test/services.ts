import { type CustomEmulatorOptions, createEmulator, defineEmulator, type Emulator } from 'emulate';
import { forgetEnv } from '#lib/config/server.ts';
import { freePort } from '#scripts/machine/ports.ts';

export type Service = 'slack' | 'pagerduty' | 'github';

/** Slack with our bot (`xoxb-test`) in a workspace that has these channels. */
export async function emulatedSlack(...channels: readonly string[]): Promise<Emulator> {
  return createEmulator({
    service: 'slack',
    port: await freePort(),
    seed: {
      tokens: {
        'xoxb-test': { login: 'phasegate', scopes: ['chat:write', 'channels:read', 'channels:history'] },
      },
      slack: {
        team: { name: 'T', domain: 't' },
        channels: channels.map((name) => ({ name })),
        bots: [{ name: 'phasegate' }],
      },
    },
  });
}

/** GitHub with one repository, `octo/ops`, and a token for it, `ghp_test`. */
export async function emulatedGitHub(): Promise<Emulator> {
  return createEmulator({
    service: 'github',
    port: await freePort(),
    seed: {
      tokens: { ghp_test: { login: 'octo', scopes: ['repo'] } },
      github: { users: [{ login: 'octo' }], repos: [{ owner: 'octo', name: 'ops', auto_init: true }] },
    },
  });
}

export type Received = { path: string; body: Record<string, unknown> };

const takesEverything = defineEmulator({
  name: 'pagerduty',
  state: () => ({ received: [] as Received[] }),
  setup({ app, state }) {
    for (const path of ['/v2/enqueue', '/v2/change/enqueue'])
      app.post(path, async (c) => {
        state.received.push({ path, body: await c.req.json<Record<string, unknown>>() });
        return c.json({ status: 'success' }, 202);
      });
    app.get('/received', (c) => c.json(state.received));
  },
});

/** A service that the test itself defines, on a free port. */
export async function emulated<State extends object>(
  service: CustomEmulatorOptions<State>['service'],
): Promise<Emulator> {
  return createEmulator({ service, port: await freePort() });
}

/** The part of PagerDuty that we call: takes every event and remembers it. */
export function emulatedPagerDuty(): Promise<Emulator> {
  return emulated(takesEverything);
}

/** What an emulated PagerDuty was sent, oldest first. */
export async function receivedBy({ url }: Emulator): Promise<Received[]> {
  return (await (await fetch(`${url}/received`)).json()) as Received[];
}

/** Lets this process speak to services at these addresses, and be quiet about what goes wrong with them. */
export function speakTo(addresses: Readonly<Record<Service, { url: string }>>): void {
  Object.assign(process.env, {
    SLACK_BOT_TOKEN: 'xoxb-test',
    SLACK_API_URL: `${addresses.slack.url}/api/`,
    PAGERDUTY_ROUTING_KEYS: 'Autosave & Precision Merge=key-1;Merge Duty=key-2',
    PAGERDUTY_EVENTS_URL: addresses.pagerduty.url,
    GITHUB_TOKEN: 'ghp_test',
    GITHUB_REPOSITORY: 'octo/ops',
    GITHUB_API_URL: addresses.github.url,
    LOG_LEVEL: 'silent',
  });
  forgetEnv();
}
