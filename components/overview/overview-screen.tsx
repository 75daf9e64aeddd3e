'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { RollbackActive } from '#components/incident/rollback-active.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { PolicyNotice } from '#components/state/policy-notice.tsx';
import { EmptyState, Skeleton } from '#components/ui/notice.tsx';
import { overviewQuery } from '#lib/queries/index.ts';
import { FirstTelemetry } from './first-telemetry.tsx';
import { RolloutCard } from './rollout-card.tsx';

/** The overview: one card per rollout, and how to begin while there is no telemetry. */
export function OverviewScreen({ appUrl, canMakeKeys }: { appUrl: string; canMakeKeys: boolean }) {
  const t = useTranslations('overview');
  const { data, error, refetch } = useQuery(overviewQuery());
  const firstPhase = data?.rollouts[0]?.phase;
  return (
    <>
      <h1 className="text-xl font-semibold">{t('title')}</h1>
      <PolicyNotice className="mt-4" />
      {error ? <LoadFailed error={error} retry={refetch} stale={data?.now} className="mt-4" /> : null}
      {data ? (
        <div className="mt-4 grid gap-6">
          <RollbackActive rollouts={data.rollouts} />
          {data.sight.state === 'never' && firstPhase !== undefined ? (
            <FirstTelemetry
              phase={firstPhase}
              sources={data.telemetrySources}
              appUrl={appUrl}
              canMakeKeys={canMakeKeys}
            />
          ) : null}
          {data.rollouts.length > 0 ? (
            <div className="grid gap-4 lg:grid-cols-2">
              {data.rollouts.map((rollout) => (
                <RolloutCard key={rollout.id} rollout={rollout} names={data.names} />
              ))}
            </div>
          ) : (
            <EmptyState title={t('noRollouts')}>{t('noRolloutsText')}</EmptyState>
          )}
        </div>
      ) : error ? null : (
        <div className="mt-4 grid gap-4 lg:grid-cols-2">
          <Skeleton className="h-64" />
          <Skeleton className="h-64" />
        </div>
      )}
    </>
  );
}
