import type { Metadata } from 'next';
import { notFound } from 'next/navigation';
import { getLocale } from 'next-intl/server';
import { RolloutScreen } from '#components/rollout/rollout-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { readRolloutView } from '#lib/dashboard/server.ts';
import { isLocale, LOCALES } from '#lib/i18n/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { pageAccess } from '../../page-access.ts';

type Props = { params: Promise<{ rollout: string }> };

export async function generateMetadata({ params }: Props): Promise<Metadata> {
  const [{ rollout }, { policy }, locale] = await Promise.all([params, loadPolicy(), getLocale()]);
  return { title: policy.rollouts[rollout]?.label[isLocale(locale) ? locale : LOCALES[0]] ?? rollout };
}

export default async function RolloutPage({ params }: Props) {
  const { rollout } = await params;
  const access = await pageAccess(`/rollouts/${encodeURIComponent(rollout)}`);
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const view = await readRolloutView(rollout, access.actor, new Date());
  if (!view) notFound();
  return <RolloutScreen key={rollout} initial={view} />;
}
