'use client';

import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { OutsideLink } from '#components/ui/outside-link.tsx';
import type { PanelView } from '#lib/dashboard/index.ts';

/** What reached users in the range: the list behind the marks on the chart, newest first. */
export function Deployments({ deployments }: { deployments: PanelView['deployments'] }) {
  const t = useTranslations('chart');
  if (deployments.length === 0) return null;
  return (
    <details className="min-w-0 basis-full">
      <summary className="inline-flex min-h-8 items-center rounded underline underline-offset-2 hover:text-ink max-sm:min-h-11">
        {t('deployments', { count: deployments.length })}
      </summary>
      <ul className="grid gap-1 pb-2">
        {deployments.toReversed().map((deployment) => (
          <li key={deployment.id} className="flex flex-wrap gap-x-3 gap-y-0.5">
            <Instant at={deployment.deployedAt} />
            <span className="min-w-0 font-medium break-all text-ink">
              <span aria-hidden>◆ </span>
              {deployment.name} {deployment.version}
            </span>
            <span>{deployment.actorName}</span>
            {deployment.url ? <OutsideLink href={deployment.url}>{t('deploymentLink')}</OutsideLink> : null}
          </li>
        ))}
      </ul>
    </details>
  );
}
