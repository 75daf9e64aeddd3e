import { destination, type Logger, pino } from 'pino';
import { env } from './env.ts';

// Names under which a secret could travel in a log object; values found there are never written.
const SECRET_KEYS = [
  'password',
  'secret',
  'token',
  'apiKey',
  'authorization',
  'cookie',
  'signingKey',
  'eventKey',
  'databaseUrl',
  'clientSecret',
];

let root: Logger | undefined;

/**
 * The log of one part of the house. Writes to standard error, because commands answer on standard output.
 * Object first: `log('collector').info({ windowEnd }, 'window closed')`. Secrets under known names are masked.
 */
export function log(part: string): Logger {
  root ??= pino(
    {
      level: env().mode === 'test' ? 'silent' : env().logLevel,
      base: null,
      timestamp: () => `,"time":"${new Date().toISOString()}"`,
      redact: { paths: SECRET_KEYS.flatMap((key) => [key, `*.${key}`, `*.*.${key}`]), censor: '[masked]' },
    },
    destination({ dest: 2, sync: true }),
  );
  return root.child({ part });
}
