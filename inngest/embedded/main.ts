import { EnvironmentError, env, log } from '#lib/config/server.ts';
import { disconnectDatabase } from '#lib/database/server.ts';
import { DEFAULT_SETTINGS, startRunner } from './runner.run.ts';

const STOP_WITHIN_MS = 20_000;

function required(name: string, value: string | undefined): string {
  if (value === undefined)
    throw new EnvironmentError(`environment variable ${name}: the embedded runner needs it`);
  return value;
}

/** Runs the embedded runner until SIGTERM or SIGINT; calls in flight get some time to end, the rest is taken up later. */
async function main(): Promise<void> {
  const { appUrl, inngest, runnerPort } = env();
  const runner = await startRunner({
    ...DEFAULT_SETTINGS,
    appUrl,
    signingKey: required('INNGEST_SIGNING_KEY', inngest.signingKey),
    eventKey: required('INNGEST_EVENT_KEY', inngest.eventKey),
    port: runnerPort,
  });
  const logger = log('runner');
  logger.info({ runner: runner.id, port: runner.port, appUrl }, 'runner started');
  const stop = () => {
    setTimeout(() => process.exit(0), STOP_WITHIN_MS).unref();
    void runner
      .stop()
      .then(disconnectDatabase)
      .then(
        () => process.exit(0),
        (err: unknown) => {
          logger.error({ err }, 'stopping failed');
          process.exit(1);
        },
      );
  };
  process.once('SIGTERM', stop);
  process.once('SIGINT', stop);
}

main().catch((error: unknown) => {
  log('runner').fatal({ err: error }, 'the runner could not start');
  process.exitCode = 1;
});
