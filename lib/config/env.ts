import { delimiter, resolve } from 'node:path';
import { z } from 'zod';

/** The environment is missing something or holds something unusable; the message names the variable. */
export class EnvironmentError extends Error {
  override readonly name = 'EnvironmentError';
}

const text = z.string().trim().min(1).optional();
const port = z.coerce.number().int().min(1).max(65_535);
const httpUrl = z.url({ protocol: /^https?$/ }).transform((url) => url.replace(/\/+$/, ''));
const switchedOn = z.stringbool({ truthy: ['1', 'true', 'yes', 'on'], falsy: ['0', 'false', 'no', 'off'] });

/** Every variable Phasegate reads. `.env.example` lists the same names, which a test holds. */
export const EnvironmentSchema = z.object({
  NODE_ENV: z.enum(['development', 'production', 'test']).default('development'),
  PHASEGATE_MODE: z.enum(['demo', 'live', 'test']).default('live'),
  PHASEGATE_URL: httpUrl.optional(),
  PORT: port.default(3000),
  HOST: text,
  DATABASE_URL: z.url({ protocol: /^postgres(ql)?$/ }).optional(),
  PHASEGATE_DATA_DIR: z.string().trim().min(1).default('.data'),
  TELEMETRY_ROOTS: text,
  GOVERNANCE_DIR: z.string().trim().min(1).default('governance'),
  PHASEGATE_POLICY_BY: text,
  NEXTAUTH_SECRET: z.string().min(32, 'needs at least 32 characters').optional(),
  NEXTAUTH_URL: httpUrl.optional(),
  INNGEST_SIGNING_KEY: text,
  INNGEST_EVENT_KEY: text,
  INNGEST_BASE_URL: httpUrl.optional(),
  INNGEST_DEV: text,
  RUNNER_PORT: port.default(8290),
  GITHUB_CLIENT_ID: text,
  GITHUB_CLIENT_SECRET: text,
  SLACK_BOT_TOKEN: text,
  SLACK_API_URL: httpUrl.optional(),
  SLACK_SIGNING_SECRET: text,
  SLACK_WEBHOOK_URLS: text,
  PAGERDUTY_ROUTING_KEYS: text,
  PAGERDUTY_EVENTS_URL: httpUrl.default('https://events.pagerduty.com'),
  PAGERDUTY_WEBHOOK_SECRET: text,
  GITHUB_TOKEN: text,
  GITHUB_REPOSITORY: z
    .string()
    .regex(/^[\w.-]+\/[\w.-]+$/, 'write it as owner/name')
    .optional(),
  GITHUB_API_URL: httpUrl.optional(),
  LOG_LEVEL: z.enum(['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent']).default('info'),
  PHASEGATE_REHEARSAL: switchedOn.default(false),
  PHASEGATE_HALT: text,
});

/** What the rest of the house may know about its environment. */
export type Environment = {
  /** `demo`: sample data and demo accounts; `live`: real use; `test`: inside the test suite. */
  readonly mode: 'demo' | 'live' | 'test';
  readonly production: boolean;
  /** Reading it without DATABASE_URL throws, so that commands without a database need none. */
  readonly databaseUrl: string;
  /** Where people reach the app, without a trailing slash. */
  readonly appUrl: string;
  readonly port: number;
  readonly host: string | undefined;
  /** Absolute folders in which the Collector looks for telemetry files (COL-1). */
  readonly telemetryRoots: readonly string[];
  readonly governanceDir: string;
  /** Who answers for the files in governanceDir where git does not tell (PHA-6). */
  readonly policyBy: string | undefined;
  /** Absolute folder of what Phasegate keeps on this machine: `<dataDir>/<mode>/`. */
  readonly dataDir: string;
  /** Reading it without NEXTAUTH_SECRET throws. */
  readonly nextauthSecret: string;
  readonly inngest: {
    readonly signingKey: string | undefined;
    readonly eventKey: string | undefined;
    readonly baseUrl: string | undefined;
  };
  readonly runnerPort: number;
  readonly github: { readonly clientId: string; readonly clientSecret: string } | undefined;
  /** Where people are told; what is not set up is not told, and Deliveries says so (REP-1). */
  readonly channels: {
    readonly slack: { readonly token: string; readonly apiUrl: string | undefined } | undefined;
    /** Incoming webhooks of Slack by the channel they post to, `#name`: for whoever has no bot token. */
    readonly slackWebhooks: ReadonlyMap<string, string>;
    /** Secrets of Slack's signatures; several while one replaces another. */
    readonly slackSigningSecrets: readonly string[];
    readonly pagerDuty: { readonly eventsUrl: string; readonly routingKeys: ReadonlyMap<string, string> };
    readonly pagerDutyWebhookSecrets: readonly string[];
    readonly issues:
      | { readonly token: string; readonly repository: string; readonly apiUrl: string | undefined }
      | undefined;
  };
  readonly logLevel: z.infer<typeof EnvironmentSchema>['LOG_LEVEL'];
  /** Simulations are refused outside rehearsal (COL-7, ROL-8). */
  readonly rehearsal: boolean;
  /** Why everything automatic is to stand still, from outside; undefined: it is not. It can only stop (OPS-7). */
  readonly halt: string | undefined;
};

/**
 * Reads the environment from `variables`. Empty values count as unset.
 * Errors: EnvironmentError naming every unusable variable; INNGEST_DEV in production, where it would turn off the
 * signature checks of /api/inngest; half a GitHub configuration.
 */
export function parseEnvironment(variables: Record<string, string | undefined>): Environment {
  const present = Object.fromEntries(
    Object.entries(variables).filter(([, value]) => value !== undefined && value.trim() !== ''),
  );
  const parsed = EnvironmentSchema.safeParse(present);
  if (!parsed.success) {
    const lines = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw new EnvironmentError(`environment variable ${lines.join('; ')}`);
  }
  const raw = parsed.data;
  const production = raw.NODE_ENV === 'production';
  if (production && raw.INNGEST_DEV !== undefined) {
    throw new EnvironmentError(
      'environment variable INNGEST_DEV: must not be set in production, it turns off the signature checks of /api/inngest',
    );
  }
  if ((raw.GITHUB_CLIENT_ID === undefined) !== (raw.GITHUB_CLIENT_SECRET === undefined)) {
    const missing = raw.GITHUB_CLIENT_ID === undefined ? 'GITHUB_CLIENT_ID' : 'GITHUB_CLIENT_SECRET';
    throw new EnvironmentError(`environment variable ${missing}: needed as well for sign-in with GitHub`);
  }
  const github =
    raw.GITHUB_CLIENT_ID !== undefined && raw.GITHUB_CLIENT_SECRET !== undefined
      ? { clientId: raw.GITHUB_CLIENT_ID, clientSecret: raw.GITHUB_CLIENT_SECRET }
      : undefined;
  const roots = (raw.TELEMETRY_ROOTS ?? '.').split(delimiter).filter((root) => root.trim() !== '');
  return {
    mode: raw.PHASEGATE_MODE,
    production,
    get databaseUrl() {
      return required('DATABASE_URL', raw.DATABASE_URL, 'the PostgreSQL to use');
    },
    appUrl: raw.PHASEGATE_URL ?? `http://localhost:${raw.PORT}`,
    port: raw.PORT,
    host: raw.HOST,
    telemetryRoots: roots.map((root) => resolve(root)),
    governanceDir: resolve(raw.GOVERNANCE_DIR),
    policyBy: raw.PHASEGATE_POLICY_BY,
    dataDir: resolve(raw.PHASEGATE_DATA_DIR),
    get nextauthSecret() {
      return required('NEXTAUTH_SECRET', raw.NEXTAUTH_SECRET, '32 random characters or more');
    },
    inngest: {
      signingKey: raw.INNGEST_SIGNING_KEY,
      eventKey: raw.INNGEST_EVENT_KEY,
      baseUrl: raw.INNGEST_BASE_URL,
    },
    runnerPort: raw.RUNNER_PORT,
    github,
    channels: {
      slack: raw.SLACK_BOT_TOKEN ? { token: raw.SLACK_BOT_TOKEN, apiUrl: raw.SLACK_API_URL } : undefined,
      slackWebhooks: slackWebhooks(raw.SLACK_WEBHOOK_URLS),
      slackSigningSecrets: listed(raw.SLACK_SIGNING_SECRET),
      pagerDuty: {
        eventsUrl: raw.PAGERDUTY_EVENTS_URL,
        routingKeys: routingKeys(raw.PAGERDUTY_ROUTING_KEYS),
      },
      pagerDutyWebhookSecrets: listed(raw.PAGERDUTY_WEBHOOK_SECRET),
      issues:
        raw.GITHUB_TOKEN && raw.GITHUB_REPOSITORY
          ? { token: raw.GITHUB_TOKEN, repository: raw.GITHUB_REPOSITORY, apiUrl: raw.GITHUB_API_URL }
          : undefined,
    },
    logLevel: raw.LOG_LEVEL,
    rehearsal: raw.PHASEGATE_REHEARSAL,
    halt: raw.PHASEGATE_HALT,
  };
}

/** Values separated by commas. */
const listed = (value: string | undefined): string[] =>
  (value ?? '').split(',').flatMap((part) => (part.trim() === '' ? [] : [part.trim()]));

/** `service=key;service=key`: a key of the Events API for each service that the policy's channels name. */
function routingKeys(value: string | undefined): Map<string, string> {
  const entries = (value ?? '').split(';').filter((part) => part.trim() !== '');
  return new Map(
    entries.map((entry) => {
      const at = entry.lastIndexOf('=');
      if (at <= 0 || at === entry.length - 1)
        throw new EnvironmentError(
          'environment variable PAGERDUTY_ROUTING_KEYS: write service=key, several separated by semicolons',
        );
      return [entry.slice(0, at).trim(), entry.slice(at + 1).trim()];
    }),
  );
}

/** `#channel=https://…;#channel=https://…`: an incoming webhook for each channel that has one. The error repeats no address: it is a secret. */
function slackWebhooks(value: string | undefined): Map<string, string> {
  const entries = (value ?? '').split(';').filter((part) => part.trim() !== '');
  return new Map(
    entries.map((entry) => {
      const [, channel, url] = /^\s*(#[^=\s]+)=(\S+)\s*$/.exec(entry) ?? [];
      if (channel === undefined || url === undefined || !httpUrl.safeParse(url).success)
        throw new EnvironmentError(
          'environment variable SLACK_WEBHOOK_URLS: write #channel=https://…, several separated by semicolons',
        );
      return [channel, url];
    }),
  );
}

function required(name: string, value: string | undefined, what: string): string {
  if (value === undefined) {
    throw new EnvironmentError(`environment variable ${name}: not set; it names ${what} (see .env.example)`);
  }
  return value;
}

let parsedOnce: Environment | undefined;

/** The environment of this process, parsed at the first call. Errors: EnvironmentError. */
export function env(): Environment {
  parsedOnce ??= parseEnvironment(process.env);
  return parsedOnce;
}

/** Makes the next `env()` parse again; for commands and tests that set variables while they start. */
export function forgetEnv(): void {
  parsedOnce = undefined;
}
