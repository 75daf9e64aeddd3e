import { infiniteQueryOptions, keepPreviousData, queryOptions } from '@tanstack/react-query';
import { AuditViewSchema } from '#lib/dashboard/index.ts';
import {
  type AuditFilter,
  type ChainCheck,
  ChainCheckSchema,
  type ChainProgress,
  ChainProgressSchema,
} from '#lib/evidence/audit-list.schema.ts';
import { PolicyVersionListSchema } from '#lib/policy/policy-history.schema.ts';
import { fetchJson, fetchLines } from './fetch-json.ts';
import { queryKeys } from './keys.ts';

const FALLBACK_INTERVAL_MS = 30_000;
const AUDIT = '/api/v1/audit';

const searchOf = (filter: AuditFilter): URLSearchParams =>
  new URLSearchParams(
    Object.entries(filter).flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])),
  );

/** Every version of the policy, and which is in force. */
export const policyVersionsQuery = () =>
  queryOptions({
    queryKey: queryKeys.policy(),
    queryFn: ({ signal }) => fetchJson(PolicyVersionListSchema, '/api/v1/policy/versions', { signal }),
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

/** The audit trail as far as the filter allows, newest first; what was read stays as it is until somebody asks anew. */
export const auditQuery = (filter: AuditFilter) =>
  infiniteQueryOptions({
    queryKey: queryKeys.audit(filter),
    queryFn: ({ pageParam, signal }) => {
      const search = searchOf(filter);
      if (pageParam !== null) search.set('before', String(pageParam));
      return fetchJson(AuditViewSchema, `${AUDIT}?${search}`, { signal });
    },
    initialPageParam: null as number | null,
    getNextPageParam: (last) => last.nextBefore,
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
  });

/** The newest entry that fits: whether the list has fallen behind. */
export const auditHeadQuery = (filter: AuditFilter) =>
  queryOptions({
    queryKey: queryKeys.auditHead(filter),
    queryFn: async ({ signal }) => {
      const search = searchOf(filter);
      search.set('limit', '1');
      const { rows } = await fetchJson(AuditViewSchema, `${AUDIT}?${search}`, { signal });
      return rows[0]?.seq ?? 0;
    },
    refetchInterval: FALLBACK_INTERVAL_MS,
  });

/** Where the entries that a filter leaves are downloaded, however many. */
export const auditExportUrl = (format: 'ndjson' | 'csv', filter: AuditFilter): string => {
  const search = searchOf(filter);
  search.set('format', format);
  return `${AUDIT}/export?${search}`;
};

/** Has the chain checked; `onProgress` hears how far it has come. Errors: RequestFailed. */
export async function checkChain(onProgress: (progress: ChainProgress) => void): Promise<ChainCheck> {
  let result: ChainCheck | null = null;
  await fetchLines(`${AUDIT}/verify`, (line) => {
    const progress = ChainProgressSchema.safeParse(line);
    if (progress.success) onProgress(progress.data);
    else result = ChainCheckSchema.parse(line);
  });
  if (result === null) throw new Error('the check broke off');
  return result;
}
