import type { Metadata } from 'next';
import { getTranslations } from 'next-intl/server';
import { Forbidden } from '#components/state/forbidden.tsx';
import { TemplatesScreen } from '#components/templates/templates-screen.tsx';
import { previewTemplates } from '#lib/reporter/server.ts';
import { pageAccess } from '../page-access.ts';

type Props = { searchParams: Promise<{ kind?: string | string[] }> };

export async function generateMetadata(): Promise<Metadata> {
  return { title: (await getTranslations('templates'))('title') };
}

export default async function TemplatesPage({ searchParams }: Props) {
  const { kind } = await searchParams;
  const chosen = typeof kind === 'string' ? kind : null;
  const access = await pageAccess(
    chosen === null ? '/templates' : `/templates?kind=${encodeURIComponent(chosen)}`,
  );
  if (!access.mayView) return <Forbidden roles={access.rolesFor('view')} />;
  return <TemplatesScreen previews={await previewTemplates(new Date())} kind={chosen} />;
}
