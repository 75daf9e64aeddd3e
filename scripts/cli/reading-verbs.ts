import { z } from 'zod';
import { PolicyNamesSchema } from '#lib/dashboard/rollout-view.schema.ts';
import type { Decision } from '#lib/rollouts/index.ts';
import { callApi, connect, type Where } from './call-api.ts';
import type { CommandIo } from './command-io.ts';
import { decisionText, type Language } from './decision-text.ts';
import { readDecision } from './shown-decision.ts';

const OverviewSchema = z.object({
  rollouts: z.array(z.object({ id: z.string() })),
  names: PolicyNamesSchema,
});

/** What is decided of a rollout, or of each, as it is now (PHA-3, PHA-4). */
export async function status(
  io: CommandIo,
  options: Where & { target?: string; lang: Language },
): Promise<Decision | { decisions: Decision[] }> {
  const connection = connect(options, io.environment, io.say);
  const overview = OverviewSchema.parse(
    await callApi(connection, { method: 'GET', path: '/api/v1/overview' }),
  );
  const ids = options.target === undefined ? overview.rollouts.map(({ id }) => id) : [options.target];
  const decisions = await Promise.all(ids.map((id) => readDecision(connection, id)));
  for (const decision of decisions) io.say(decisionText(decision, options.lang, overview.names));
  const [only] = decisions;
  return options.target !== undefined && only ? only : { decisions };
}

/** What is stopped, and what has been. */
export async function stops(io: CommandIo, options: Where): Promise<unknown> {
  return await callApi(connect(options, io.environment, io.say), { method: 'GET', path: '/api/v1/stops' });
}

type Incidents = Where & {
  close?: string;
  reason?: string;
  rcaShared?: string;
  link?: string;
  every: boolean;
  dryRun: boolean;
};

/** Open incidents, or all; with `--close`, the word that one is over (INC-1); with `--rca-shared`, where its RCA is (ROL-6). */
export async function incidents(io: CommandIo, options: Incidents): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  if (options.rcaShared !== undefined)
    return await callApi(connection, {
      method: 'POST',
      path: `/api/v1/incidents/${encodeURIComponent(options.rcaShared)}/rca-shared`,
      body: { url: options.link ?? '', dryRun: options.dryRun },
    });
  if (options.close === undefined) {
    const path = `/api/v1/incidents${options.every ? '' : '?state=open'}`;
    return await callApi(connection, { method: 'GET', path });
  }
  return await callApi(connection, {
    method: 'POST',
    path: `/api/v1/incidents/${encodeURIComponent(options.close)}/close`,
    body: { reason: options.reason ?? '', dryRun: options.dryRun },
  });
}

type Review = Where & { sign?: string; comment?: string; every: boolean; dryRun: boolean };

/** What break-glass acts owe; with `--sign`, one signature under one of them. */
export async function reviews(io: CommandIo, options: Review): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  if (options.sign === undefined) {
    const path = `/api/v1/reviews${options.every ? '?state=all' : ''}`;
    return await callApi(connection, { method: 'GET', path });
  }
  return await callApi(connection, {
    method: 'POST',
    path: `/api/v1/reviews/${encodeURIComponent(options.sign)}/signatures`,
    body: { comment: options.comment ?? '', dryRun: options.dryRun },
  });
}
