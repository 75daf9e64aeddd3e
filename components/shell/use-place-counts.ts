'use client';

import { useQuery } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { attentionQuery, overviewQuery } from '#lib/queries/index.ts';
import type { PlaceId } from './places.ts';

export type PlaceCount = {
  count: number;
  /** The same in words, for whoever does not see that the number stands beside the name. */
  text: string;
};

/** How much waits at each place that has something waiting. */
export function usePlaceCounts(): ReadonlyMap<PlaceId, PlaceCount> {
  const t = useTranslations('nav');
  const { data: overview } = useQuery(overviewQuery());
  const { data: attention } = useQuery(attentionQuery());
  const tasks = attention?.tasks.length ?? 0;
  const incidents = attention?.openIncidentCount ?? 0;
  const quarantine = overview?.quarantineOpenCount ?? 0;
  const counts: [PlaceId, PlaceCount][] = [
    ['inbox', { count: tasks, text: t('inboxCount', { count: tasks }) }],
    ['incidents', { count: incidents, text: t('incidentCount', { count: incidents }) }],
    ['quarantine', { count: quarantine, text: t('quarantineCount', { count: quarantine }) }],
  ];
  return new Map(counts.filter(([, { count }]) => count > 0));
}
