'use client';

import { CircleCheck, Siren } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Section } from '#components/ui/card.tsx';
import { incidentKey } from '#lib/reporter/index.ts';
import type { SloReport } from '#lib/slo/slo-report.schema.ts';

const CAUSES = ['slo_violation', 'rollback_unproven', 'not_recovered'] as const;

/** The incidents of the period, each a link to its own page. */
export function IncidentTable({ incidents }: Pick<SloReport, 'incidents'>) {
  const t = useTranslations('slo');
  const words = useTranslations('incidents');
  return (
    <Section id="slo-incidents" title={t('incidents')}>
      {incidents.length === 0 ? (
        <p className="px-4 py-4 text-sm text-ink-2 sm:px-5">{t('incidentsNone')}</p>
      ) : (
        <ul className="divide-y divide-line text-sm">
          {incidents.map((incident) => {
            const cause = CAUSES.find((each) => each === incident.cause);
            return (
              <li
                key={incident.id}
                className="flex flex-wrap items-baseline gap-x-4 gap-y-1 px-4 py-2.5 break-inside-avoid sm:px-5"
              >
                <Link
                  href={`/incidents/${incident.id}`}
                  className="font-mono tabular-nums underline underline-offset-2 hover:no-underline"
                >
                  {incidentKey(incident.number)}
                </Link>
                <Badge tone={incident.severity === 'major' ? 'bad' : 'warn'}>
                  {words(`severity_${incident.severity}`)}
                </Badge>
                <span className="min-w-0">
                  {cause ? words(`cause_${cause}`) : incident.cause} · {t('phase')} {incident.phase}
                </span>
                <span className="text-[13px] text-ink-2 sm:ml-auto">
                  {t('opened')} <Instant at={incident.openedAt} style="minute" />
                </span>
                {incident.closedAt === null ? (
                  <span className="inline-flex items-center gap-1.5 text-[13px] font-medium text-bad">
                    <Siren aria-hidden className="size-4" />
                    {t('open')}
                  </span>
                ) : (
                  <span className="inline-flex items-center gap-1.5 text-[13px] text-ink-2">
                    <CircleCheck aria-hidden className="size-4 text-pass" />
                    {t('closed')} <Instant at={incident.closedAt} style="minute" />
                  </span>
                )}
              </li>
            );
          })}
        </ul>
      )}
    </Section>
  );
}
