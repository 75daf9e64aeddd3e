'use client';

import { Siren } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Age, useReader } from '#components/clock/clock.tsx';
import { cx } from '#components/ui/cx.ts';
import type { RolloutSummary } from '#lib/dashboard/index.ts';

/** While an incident is open, and for one cycle after it was closed (INC-3): which, of what, since when. */
export function RollbackActive({ rollouts }: { rollouts: readonly RolloutSummary[] }) {
  const t = useTranslations('incidentPage');
  const { locale } = useReader();
  const active = rollouts.filter(({ rollbackActive }) => rollbackActive.length > 0);
  if (active.length === 0) return null;
  return (
    <section aria-label={t('active')} data-banner="rollback_active" className="grid gap-2">
      {active.map((rollout) => {
        const open = rollout.rollbackActive.filter(({ closedAt }) => closedAt === null);
        return (
          <div
            key={rollout.id}
            className={cx(
              'flex flex-wrap items-center gap-x-3 gap-y-1 rounded-md border px-4 py-2.5 text-sm text-ink',
              open.length > 0 ? 'border-bad-line/60 bg-bad-soft' : 'border-line-strong/50 bg-sunken',
            )}
          >
            <Siren
              aria-hidden
              className={cx('size-5 shrink-0', open.length > 0 ? 'text-bad' : 'text-ink-2')}
            />
            <span role="status" className="font-medium">
              {t(open.length > 0 ? 'activeOpen' : 'activeEnded', { rollout: rollout.label[locale] })}
            </span>
            <ul className="flex flex-wrap gap-x-3 gap-y-1">
              {rollout.rollbackActive.map((incident) => (
                <li key={incident.id}>
                  <Link
                    href={`/incidents/${incident.id}`}
                    className="inline-flex min-h-6 items-center font-mono underline underline-offset-2 hover:no-underline"
                  >
                    {incident.key}
                  </Link>{' '}
                  <span className="text-[13px] text-ink-2">
                    {incident.closedAt === null ? (
                      <Age at={incident.openedAt} />
                    ) : (
                      <>
                        {t('state_closed')} <Age at={incident.closedAt} />
                      </>
                    )}
                  </span>
                </li>
              ))}
            </ul>
            <code className="ml-auto font-mono text-xs text-ink-2">rollback_active</code>
          </div>
        );
      })}
    </section>
  );
}
