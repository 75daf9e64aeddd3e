'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { Age, Instant } from '#components/clock/clock.tsx';
import { rolloutViewQuery } from '#lib/queries/index.ts';

/** The newest step of a rollout that the page knows, to tell later what came after it. */
export function useNewestChange(rolloutId: string): string | null {
  const { data } = useQuery({ ...rolloutViewQuery(rolloutId), enabled: false });
  return data?.changes[0]?.id ?? null;
}

/** After a refusal because things moved on: who did what meanwhile, and when. */
export function Meanwhile({ rolloutId, since }: { rolloutId: string; since: string | null }) {
  const t = useTranslations();
  const { data } = useQuery({ ...rolloutViewQuery(rolloutId), enabled: false });
  const changes = data?.changes ?? [];
  const known = changes.findIndex(({ id }) => id === since);
  const newer = known === -1 ? [] : changes.slice(0, known);
  if (newer.length === 0) return null;
  return (
    <div className="text-sm">
      <p className="font-medium">{t('press.meanwhile')}</p>
      <ul className="mt-1 grid gap-1">
        {newer.map((change) => (
          <li key={change.id}>
            <span className="font-medium">{change.actorName}</span> {t(`rollout.kind_${change.kind}`)}{' '}
            {change.fromPhase === null ? change.toPhase : `${change.fromPhase} → ${change.toPhase}`}
            {' · '}
            <Instant at={change.at} style="clock" /> (<Age at={change.at} />)
          </li>
        ))}
      </ul>
    </div>
  );
}
