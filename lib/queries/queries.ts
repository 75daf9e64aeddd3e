import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import {
  JobListSchema,
  OverviewSchema,
  type PanelRange,
  PanelViewSchema,
  QuarantineListSchema,
  type QuarantineState,
  RolloutViewSchema,
  VerdictListSchema,
} from '#lib/dashboard/index.ts';
import { fetchJson } from './fetch-json.ts';
import { queryKeys } from './keys.ts';

// The stream is the first source of news; this is how long a page goes without asking when it is down.
const FALLBACK_INTERVAL_MS = 30_000;
const JOBS_INTERVAL_MS = 10_000;

const API = '/api/v1';
const rolloutUrl = (rolloutId: string) => `${API}/rollouts/${encodeURIComponent(rolloutId)}`;

export const overviewQuery = () =>
  queryOptions({
    queryKey: queryKeys.overview(),
    queryFn: ({ signal }) => fetchJson(OverviewSchema, `${API}/overview`, { signal }),
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

export const rolloutViewQuery = (rolloutId: string) =>
  queryOptions({
    queryKey: queryKeys.rolloutView(rolloutId),
    queryFn: ({ signal }) => fetchJson(RolloutViewSchema, rolloutUrl(rolloutId), { signal }),
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

export const panelQuery = (rolloutId: string, panel: string, range: PanelRange) =>
  queryOptions({
    queryKey: queryKeys.panel(rolloutId, panel, range),
    queryFn: ({ signal }) =>
      fetchJson(
        PanelViewSchema,
        `${rolloutUrl(rolloutId)}/panels/${encodeURIComponent(panel)}?range=${range}`,
        { signal },
      ),
    refetchInterval: FALLBACK_INTERVAL_MS,
    placeholderData: keepPreviousData,
  });

export const verdictsQuery = (rolloutId: string) =>
  infiniteQueryOptions({
    queryKey: queryKeys.verdicts(rolloutId),
    queryFn: ({ pageParam, signal }) =>
      fetchJson(
        VerdictListSchema,
        `${rolloutUrl(rolloutId)}/verdicts${pageParam === null ? '' : `?before=${encodeURIComponent(pageParam)}`}`,
        { signal },
      ),
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextBefore,
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

export const quarantineQuery = (state: QuarantineState | 'all') =>
  infiniteQueryOptions({
    queryKey: queryKeys.quarantineRows(state),
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams(state === 'all' ? {} : { state });
      if (pageParam !== null) search.set('before', pageParam);
      return fetchJson(QuarantineListSchema, `${API}/quarantine?${search}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextBefore,
    refetchInterval: FALLBACK_INTERVAL_MS,
    placeholderData: keepPreviousData,
  });

export const jobsQuery = () =>
  queryOptions({
    queryKey: queryKeys.jobs(),
    queryFn: ({ signal }) => fetchJson(JobListSchema, `${API}/jobs`, { signal }),
    refetchInterval: JOBS_INTERVAL_MS,
  });
