import { queryOptions } from '@tanstack/react-query';
import { SloReportSchema } from '#lib/slo/slo-report.schema.ts';
import { fetchJson } from './fetch-json.ts';
import { queryKeys } from './keys.ts';

// A report adds up weeks; the stream tells of every verdict, so asking is only for when the stream is down.
const FALLBACK_INTERVAL_MS = 60_000;

const searchOf = (rolloutId: string, month: string | null): URLSearchParams =>
  new URLSearchParams(month === null ? { rollout: rolloutId } : { rollout: rolloutId, month });

/** The committee's report of a rollout: of a calendar month, or of the rolling period up to now (DASH-4). */
export const sloQuery = (rolloutId: string, month: string | null) =>
  queryOptions({
    queryKey: queryKeys.slo(rolloutId, month),
    queryFn: ({ signal }) =>
      fetchJson(SloReportSchema, `/api/v1/slo?${searchOf(rolloutId, month)}`, { signal }),
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

/** Where the same report is on a page of its own. */
export const sloPageUrl = (rolloutId: string, month: string | null): string =>
  `/slo?${searchOf(rolloutId, month)}`;

/** Where the rows of the same report are to be had as CSV. */
export const sloCsvUrl = (rolloutId: string, month: string | null): string =>
  `/api/v1/slo/csv?${searchOf(rolloutId, month)}`;
