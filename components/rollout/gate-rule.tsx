'use client';

import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import type { GateRule, PolicyNames } from '#lib/dashboard/index.ts';
import { formatSpan } from '#lib/i18n/index.ts';

/** A gate as a rule in words, without how far it has come. */
export function useGateRule(names: PolicyNames): (gate: GateRule) => string {
  const t = useTranslations('gate');
  const { locale } = useReader();
  return (gate) => {
    switch (gate.kind) {
      case 'windows_running':
        return t('windowsRule', { needed: gate.neededWindows });
      case 'met_for':
        return t('durationRule', { needed: formatSpan(gate.neededSeconds, locale) });
      case 'no_incident':
        return t(`no_incident_${gate.severity}`);
      case 'checklist':
        return t('checklist');
      case 'signed_off':
        return t('signed_off', {
          panels: gate.panels.map((panel) => names.panels[panel]?.[locale] ?? panel).join(', '),
        });
    }
  };
}
