import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { QuarantineListSchema, type QuarantineState } from '#lib/collector/quarantine.schema.ts';
import {
  AttentionSchema,
  type DeliveryFilter,
  DeliveryListSchema,
  IncidentPageSchema,
  JobListSchema,
  OverviewSchema,
  type PanelRange,
  PanelViewSchema,
  ProtectionSchema,
  RolloutViewSchema,
  SafetyRecordSchema,
  VerdictListSchema,
  WindowEventsSchema,
  WindowViewSchema,
} from '#lib/dashboard/index.ts';
import { fetchJson } from './fetch-json.ts';
import { queryKeys } from './keys.ts';

// The stream is the first source of news; this is how long a page goes without asking when it is down.
const FALLBACK_INTERVAL_MS = 30_000;
const JOBS_INTERVAL_MS = 10_000;
const PROOF_INTERVAL_MS = 2_000;

const API = '/api/v1';
const rolloutUrl = (rolloutId: string) => `${API}/rollouts/${encodeURIComponent(rolloutId)}`;

export const overviewQuery = () =>
  queryOptions({
    queryKey: queryKeys.overview(),
    queryFn: ({ signal }) => fetchJson(OverviewSchema, `${API}/overview`, { signal }),
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

/** What is stopped, and what waits for the reader; on every page. */
export const attentionQuery = () =>
  queryOptions({
    queryKey: queryKeys.attention(),
    queryFn: ({ signal }) => fetchJson(AttentionSchema, `${API}/attention`, { signal }),
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

export const safetyRecordQuery = () =>
  queryOptions({
    queryKey: queryKeys.safetyRecord(),
    queryFn: ({ signal }) => fetchJson(SafetyRecordSchema, `${API}/safety-record`, { signal }),
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

/** What protects one rollout now. While a step is being proven, every few seconds. */
export const protectionQuery = (rolloutId: string) =>
  queryOptions({
    queryKey: queryKeys.protection(rolloutId),
    queryFn: ({ signal }) => fetchJson(ProtectionSchema, `${rolloutUrl(rolloutId)}/protection`, { signal }),
    refetchInterval: (query) =>
      query.state.data?.step?.proof === 'pending' ? PROOF_INTERVAL_MS : FALLBACK_INTERVAL_MS,
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

/** A stretch of a panel, with a point for each window where it is short enough. */
export const panelStretchQuery = (
  rolloutId: string,
  panel: string,
  range: PanelRange,
  stretch: { from: string; to: string } | null,
) =>
  queryOptions({
    queryKey: queryKeys.panelStretch(rolloutId, panel, range, stretch),
    queryFn: ({ signal }) => {
      const search = new URLSearchParams({ range, ...stretch });
      return fetchJson(
        PanelViewSchema,
        `${rolloutUrl(rolloutId)}/panels/${encodeURIComponent(panel)}?${search}`,
        { signal },
      );
    },
    refetchInterval: FALLBACK_INTERVAL_MS,
    placeholderData: keepPreviousData,
  });

export const windowQuery = (rolloutId: string, windowStart: string) =>
  queryOptions({
    queryKey: queryKeys.window(rolloutId, windowStart),
    queryFn: ({ signal }) =>
      fetchJson(WindowViewSchema, `${rolloutUrl(rolloutId)}/windows/${encodeURIComponent(windowStart)}`, {
        signal,
      }),
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

/** The events behind a window: costly to read, and what is past changes seldom. */
export const windowEventsQuery = (rolloutId: string, windowStart: string) =>
  queryOptions({
    queryKey: queryKeys.windowEvents(rolloutId, windowStart),
    queryFn: ({ signal }) =>
      fetchJson(
        WindowEventsSchema,
        `${rolloutUrl(rolloutId)}/windows/${encodeURIComponent(windowStart)}/events`,
        { signal },
      ),
    staleTime: 60_000,
    retry: false,
    refetchOnWindowFocus: false,
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

/** Lines kept out of the count; `reason`: one of theirs, or '' for any. */
export const quarantineQuery = (state: QuarantineState | 'all', reason: string) =>
  infiniteQueryOptions({
    queryKey: queryKeys.quarantineRows(state, reason),
    queryFn: ({ pageParam, signal }) => {
      const search = new URLSearchParams(state === 'all' ? {} : { state });
      if (reason !== '') search.set('reason', reason);
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

/** What was sent to whom, as far as the filter allows, newest first. */
export const deliveriesQuery = (filter: DeliveryFilter) =>
  infiniteQueryOptions({
    queryKey: queryKeys.deliveryRows(filter),
    queryFn: ({ pageParam, signal }) => {
      const chosen = Object.entries(filter).flatMap(([name, value]) =>
        value === undefined ? [] : [[name, value]],
      );
      const search = new URLSearchParams(chosen);
      if (pageParam !== null) search.set('before', pageParam);
      return fetchJson(DeliveryListSchema, `${API}/deliveries?${search}`, { signal });
    },
    initialPageParam: null as string | null,
    getNextPageParam: (last) => last.nextBefore,
    refetchInterval: FALLBACK_INTERVAL_MS,
    placeholderData: keepPreviousData,
  });

export const incidentQuery = (incidentId: string) =>
  queryOptions({
    queryKey: queryKeys.incident(incidentId),
    queryFn: ({ signal }) =>
      fetchJson(IncidentPageSchema, `${API}/incidents/${encodeURIComponent(incidentId)}/view`, { signal }),
    refetchInterval: FALLBACK_INTERVAL_MS,
  });
