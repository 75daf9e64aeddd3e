import { z } from 'zod';
import { queryKeys } from './keys.ts';

/** A notice from the stream: which part of the system has changed. */
export const LiveNoticeSchema = z.object({
  topic: z.enum([
    'verdict',
    'rollout',
    'quarantine',
    'jobs',
    'cycle',
    'telemetry',
    'stop',
    'incident',
    'delivery',
    'policy',
    'people',
  ]),
  rolloutId: z.string().optional(),
});
export type LiveNotice = z.infer<typeof LiveNoticeSchema>;

/** The query keys to reload after a notice (DASH-7). */
export function keysToReload(notice: LiveNotice): readonly (readonly string[])[] {
  const rollout = notice.rolloutId === undefined ? queryKeys.rollouts() : queryKeys.rollout(notice.rolloutId);
  switch (notice.topic) {
    case 'verdict':
    case 'rollout':
      return [queryKeys.overview(), rollout, queryKeys.slos(notice.rolloutId)];
    case 'quarantine':
      return [queryKeys.overview(), queryKeys.quarantine()];
    case 'stop':
      // A stop holds everything there is: what pages show of rollouts changes with it.
      return [queryKeys.overview(), queryKeys.rollouts(), queryKeys.stops()];
    case 'incident':
      return [queryKeys.overview(), rollout, queryKeys.incidents(), queryKeys.slos(notice.rolloutId)];
    case 'delivery':
      return [queryKeys.deliveries(), queryKeys.incidents()];
    case 'policy':
      // What pages say of limits, gates and people is the policy's.
      return [queryKeys.overview(), queryKeys.rollouts(), queryKeys.policy()];
    case 'people':
      // Whose signatures count, and what the reader may do, shows wherever people act.
      return [queryKeys.overview(), queryKeys.rollouts(), queryKeys.stops(), queryKeys.incidents()];
    case 'jobs':
      return [queryKeys.jobs()];
    case 'cycle':
    case 'telemetry':
      return [queryKeys.overview()];
  }
}
