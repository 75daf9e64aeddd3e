import { type CustomEmulatorOptions, createEmulator, defineEmulator, type Emulator } from 'emulate';
import { z } from 'zod';
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

/** Keys of integrations that there are: 32 characters, as PagerDuty's are. */
export const ROUTING_KEYS = ['0123456789abcdef0123456789abcde1', '0123456789abcdef0123456789abcde2'] as const;
const routingKey = z
  .string()
  .length(32)
  .refine((key) => ROUTING_KEYS.some((known) => known === key), 'is of no integration');
const links = z.array(z.strictObject({ href: z.url(), text: z.string().optional() })).optional();
const Payload = z.strictObject({
  summary: z.string().min(1).max(1024),
  source: z.string().min(1).max(255),
  timestamp: z.iso.datetime({ offset: true }).optional(),
  custom_details: z.record(z.string(), z.json()).optional(),
});
const word = z.string().min(1).max(255);
/** Every field of the Events API v2: https://developer.pagerduty.com/docs/send-alert-event */
const Trigger = z.strictObject({
  routing_key: routingKey,
  event_action: z.literal('trigger'),
  dedup_key: word.optional(),
  payload: Payload.extend({
    severity: z.enum(['critical', 'error', 'warning', 'info']),
    component: word.optional(),
    group: word.optional(),
    class: word.optional(),
  }),
  links,
  images: z
    .array(
      z.strictObject({ src: z.url({ protocol: /^https$/ }), href: z.url().optional(), alt: word.optional() }),
    )
    .optional(),
  client: word.optional(),
  client_url: z.url().optional(),
});
const Update = z.strictObject({
  routing_key: routingKey,
  event_action: z.enum(['acknowledge', 'resolve']),
  dedup_key: word,
});
/** https://developer.pagerduty.com/docs/send-change-event: no key, no severity. */
const Change = z.strictObject({ routing_key: routingKey, payload: Payload, links });
const MOST_BYTES = 512 * 1024;

/** The part of PagerDuty that we call, as strict as its documents: refuses what is not an event of theirs, and remembers the rest. */
const pagerDuty = defineEmulator({
  name: 'pagerduty',
  state: () => ({ received: [] as Received[], throttled: 0 }),
  setup({ app, state }) {
    const paths = {
      '/v2/enqueue': [z.discriminatedUnion('event_action', [Trigger, Update]), 'Event processed'],
      '/v2/change/enqueue': [Change, 'Change event processed'],
    } as const;
    for (const [path, [schema, message]] of Object.entries(paths))
      app.post(path, async (c) => {
        if (state.throttled > 0) {
          state.throttled -= 1;
          return c.json({ status: 'throttle exceeded', message: 'Requests arrive too quickly.' }, 429);
        }
        const invalid = (errors: string[]) =>
          c.json({ status: 'invalid event', message: 'Event object is invalid', errors }, 400);
        const text = await c.req.text();
        if (Buffer.byteLength(text) > MOST_BYTES) return invalid(['Event is larger than 512 KB']);
        const parsed = schema.safeParse(jsonOf(text));
        if (!parsed.success)
          return invalid(parsed.error.issues.map((issue) => `'${issue.path.join('.')}' ${issue.message}`));
        const body = parsed.data as Record<string, unknown>;
        state.received.push({ path, body });
        const { dedup_key } = body;
        return c.json({ status: 'success', message, ...(dedup_key ? { dedup_key } : {}) }, 202);
      });
    app.get('/received', (c) => c.json(state.received));
    app.post('/throttle', async (c) => {
      state.throttled = Number(await c.req.text());
      return c.json({});
    });
  },
});

function jsonOf(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined; // refused like any other body that is no event
  }
}

/** A service that the test itself defines, on a free port. */
export async function emulated<State extends object>(
  service: CustomEmulatorOptions<State>['service'],
): Promise<Emulator> {
  return createEmulator({ service, port: await freePort() });
}

/** PagerDuty with two integrations, {@link ROUTING_KEYS}. */
export function emulatedPagerDuty(): Promise<Emulator> {
  return emulated(pagerDuty);
}

/** Lets an emulated PagerDuty answer 429 to as many of the next events. */
export async function throttle({ url }: Emulator, events: number): Promise<void> {
  await fetch(`${url}/throttle`, { method: 'POST', body: String(events) });
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
    PAGERDUTY_ROUTING_KEYS: `Autosave & Precision Merge=${ROUTING_KEYS[0]};Merge Duty=${ROUTING_KEYS[1]}`,
    PAGERDUTY_EVENTS_URL: addresses.pagerduty.url,
    GITHUB_TOKEN: 'ghp_test',
    GITHUB_REPOSITORY: 'octo/ops',
    GITHUB_API_URL: addresses.github.url,
    LOG_LEVEL: 'silent',
  });
  forgetEnv();
}
