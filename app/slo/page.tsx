import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import type { SloNames } from '#components/slo/slo-names.ts';
import { NoSuchReport, SloScreen } from '#components/slo/slo-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import type { Policy } from '#lib/policy/index.ts';
import { readSloReport } from '#lib/slo/server.ts';
import { SloQuerySchema } from '#lib/slo/slo-report.schema.ts';
import { pageAccess } from '../page-access.ts';

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('slo'))('title') };
}

const one = (value: string | string[] | undefined): string | undefined =>
  typeof value === 'string' && value !== '' ? value : undefined;

const namesOf = (policy: Policy): SloNames => ({
  rollouts: Object.entries(policy.rollouts).map(([id, { label }]) => ({ id, label })),
  roles: policy.roles,
  panels: Object.fromEntries(Object.entries(policy.panels).map(([id, { label }]) => [id, label])),
});

/** The SLO report of a rollout and a month, both in the address; without a month of the rolling period (DASH-4). */
export default async function SloPage({ searchParams }: Props) {
  const asked = await searchParams;
  const [rollout, month] = [one(asked.rollout), one(asked.month)];
  const chosen = Object.entries({ rollout, month }).flatMap(([name, value]) =>
    value === undefined ? [] : [[name, value]],
  );
  const access = await pageAccess(chosen.length > 0 ? `/slo?${new URLSearchParams(chosen)}` : '/slo');
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const names = namesOf(access.policy);
  const rolloutId = rollout ?? names.rollouts[0]?.id ?? '';
  const now = new Date();
  const query = SloQuerySchema.safeParse(
    month === undefined ? { rollout: rolloutId } : { rollout: rolloutId, month },
  );
  const report = await readSloReport(query.success ? query.data : { rollout: rolloutId }, now);
  if (!report)
    return <NoSuchReport rolloutId={rolloutId} month={null} months={[]} names={names} missing="rollout" />;
  // A month that is none, or has not begun, has nothing to report.
  if (!query.success || report.period.from > report.generatedAt)
    return (
      <NoSuchReport
        rolloutId={rolloutId}
        month={month ?? null}
        months={report.months}
        names={names}
        missing="month"
      />
    );
  return (
    <SloScreen key={`${rolloutId} ${month ?? ''}`} initial={report} month={month ?? null} names={names} />
  );
}
