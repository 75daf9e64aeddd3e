import { dehydrate, HydrationBoundary, QueryClient } from '@tanstack/react-query';
import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getLocale } from 'next-intl/server';
import { RolloutScreen } from '#components/rollout/rollout-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { type PanelRange, PanelRangeSchema } from '#lib/dashboard/index.ts';
import { readPanel, readProtection, readRolloutView } from '#lib/dashboard/server.ts';
import { isLocale, LOCALES } from '#lib/i18n/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { queryKeys } from '#lib/queries/index.ts';
import { pageAccess } from '../../page-access.ts';

/** About a hundred points for each panel at most. */
const LIGHT_RANGES: ReadonlySet<PanelRange> = new Set(['2h', '24h']);

type Props = {
  params: Promise<{ rollout: string }>;
  searchParams: Promise<Record<string, string | string[] | undefined>>;
};

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [{ rollout }, { policy }, locale] = await Promise.all([params, loadPolicy(), getLocale()]);
  return { title: policy.rollouts[rollout]?.label[isLocale(locale) ? locale : LOCALES[0]] ?? rollout };
}

export default async function RolloutPage({ params, searchParams }: Props) {
  const [{ rollout }, search] = await Promise.all([params, searchParams]);
  // Whoever has to sign in first comes back to what the link was about: a dialog, a stretch of the charts, a window.
  const asked = new URLSearchParams(
    ['act', 'about', 'range', 'zoom', 'window'].flatMap((name) =>
      typeof search[name] === 'string' ? [[name, search[name]]] : [],
    ),
  );
  const access = await pageAccess(
    `/rollouts/${encodeURIComponent(rollout)}${asked.size > 0 ? `?${asked}` : ''}`,
  );
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const now = new Date();
  const [view, protection] = await Promise.all([
    readRolloutView(rollout, access.actor, now),
    readProtection(rollout, access.actor, now),
  ]);
  if (!view) notFound();
  // What a person must know first is in the first answer, not in a second request.
  const known = new QueryClient();
  known.setQueryData(queryKeys.protection(rollout), protection);
  // So are the figures of each panel, where the range is short enough not to make the answer heavy.
  const range = PanelRangeSchema.catch('24h').parse(search.range);
  if (LIGHT_RANGES.has(range)) {
    await Promise.all(
      view.panels
        .filter(({ kind }) => kind === 'metrics')
        .map(async ({ id }) =>
          known.setQueryData(
            queryKeys.panel(rollout, id, range),
            await readPanel(rollout, id, { range }, now),
          ),
        ),
    );
  }
  return (
    <HydrationBoundary state={dehydrate(known)}>
      <RolloutScreen
        key={rollout}
        initial={view}
        may={{ reportBug: access.may('report_bug'), rehearse: access.may('rehearse') }}
      />
    </HydrationBoundary>
  );
}
