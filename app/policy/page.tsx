import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { PolicyScreen, UnknownVersion } from '#components/policy/policy-screen.tsx';
import { Forbidden } from '#components/state/forbidden.tsx';
import { AppError } from '#lib/errors/index.ts';
import { PolicyReferenceSchema } from '#lib/policy/index.ts';
import {
  diffPolicyVersions,
  listPolicyVersions,
  readPolicyInForce,
  readPolicyVersion,
} from '#lib/policy/server.ts';
import { pageAccess } from '../page-access.ts';

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('policyPage'))('title') };
}

type Props = { searchParams: Promise<Record<string, string | string[] | undefined>> };

/** The policy in force, its versions and, by the address, what differs between two or the text of one (PHA-6). */
export default async function PolicyPage({ searchParams }: Props) {
  const asked = await searchParams;
  const chosen = (['from', 'to', 'version'] as const).flatMap((name) => {
    const value = asked[name];
    return typeof value === 'string' && value !== '' ? [[name, value] as const] : [];
  });
  const access = await pageAccess(
    chosen.length > 0
      ? `/policy?${new URLSearchParams(chosen.map(([name, value]) => [name, value]))}`
      : '/policy',
  );
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  const { from, to, version } = Object.fromEntries(chosen);
  const now = new Date();
  try {
    const [inForce, list, diff, text] = await Promise.all([
      readPolicyInForce(now),
      listPolicyVersions(now),
      from || to
        ? diffPolicyVersions({ from: reference(from, 'previous'), to: reference(to, 'in-force') }, now)
        : null,
      version ? readPolicyVersion(reference(version, 'in-force'), now) : null,
    ]);
    return <PolicyScreen inForce={inForce} list={list} diff={diff} text={text} />;
  } catch (error) {
    if (error instanceof AppError) return <UnknownVersion />;
    throw error;
  }
}

function reference(given: string | undefined, otherwise: string): string {
  const parsed = PolicyReferenceSchema.safeParse(given ?? otherwise);
  if (parsed.success) return parsed.data;
  throw new AppError('NOT_FOUND', `There is no policy version ${given}.`, {
    reason: 'policy_version_unknown',
  });
}
