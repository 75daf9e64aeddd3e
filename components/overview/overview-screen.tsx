'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { RollbackActive } from '#components/incident/rollback-active.tsx';
import { LoadFailed } from '#components/state/load-failed.tsx';
import { PolicyNotice } from '#components/state/policy-notice.tsx';
import { cx } from '#components/ui/cx.ts';
import { EmptyState, Skeleton } from '#components/ui/notice.tsx';
import { byNeed } from '#lib/dashboard/index.ts';
import { overviewQuery } from '#lib/queries/index.ts';
import { FirstTelemetry } from './first-telemetry.tsx';
import { OverviewLine } from './overview-line.tsx';
import { RolloutCard } from './rollout-card.tsx';
import { RolloutTable } from './rollout-table.tsx';

/** More than these are read faster as lines of a table. */
const MOST_CARDS = 3;

/** The overview: whether anything is wrong, then one card per rollout, whoever needs people first; and how to begin while there is no telemetry. */
export function OverviewScreen({ appUrl, canMakeKeys }: { appUrl: string; canMakeKeys: boolean }) {
  const t = useTranslations('overview');
  const { data, error, refetch } = useQuery(overviewQuery());
  const rollouts = byNeed(data?.rollouts ?? []);
  const firstPhase = data?.rollouts[0]?.phase;
  return (
    <>
      <h1 className="text-xl font-semibold">{t('title')}</h1>
      {/* Where nothing was ever seen, nobody can say that nothing is wrong. */}
      {rollouts.length > 0 && data?.sight.state !== 'never' ? <OverviewLine rollouts={rollouts} /> : null}
      <PolicyNotice className="mt-4" />
      {error ? <LoadFailed error={error} retry={refetch} stale={data?.now} className="mt-4" /> : null}
      {data ? (
        <div className="mt-4 grid gap-6">
          <RollbackActive rollouts={rollouts} />
          {data.sight.state === 'never' && firstPhase !== undefined ? (
            <FirstTelemetry
              phase={firstPhase}
              sources={data.telemetrySources}
              appUrl={appUrl}
              canMakeKeys={canMakeKeys}
            />
          ) : null}
          {rollouts.length > MOST_CARDS ? (
            <RolloutTable rollouts={rollouts} names={data.names} />
          ) : rollouts.length > 0 ? (
            <div
              className={cx(
                'grid gap-4',
                rollouts.length === MOST_CARDS ? 'lg:grid-cols-3' : 'lg:grid-cols-2',
              )}
            >
              {rollouts.map((rollout) => (
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
