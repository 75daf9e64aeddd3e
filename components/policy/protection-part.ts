import { formatShare, formatSpan } from '#lib/i18n/index.ts';
import type { KillSwitchCondition } from '#lib/policy/index.ts';
import { code, type DocumentSection, type Text } from './document.ts';
import { type DocumentWords, type Governance, labelIn } from './document-words.ts';

type Words = DocumentWords & Governance;

/** What Phasegate does about itself: its own kill switch, and trying again. */
export function protectionParts(words: Words): DocumentSection[] {
  return [killSwitch(words), retries(words)];
}

function killSwitch({ t, locale, killSwitch: { rules } }: Words): DocumentSection {
  return {
    id: 'kill-switch',
    title: t('policyDoc.killSwitch'),
    blocks: [
      { kind: 'paragraph', text: [t('policyDoc.killSwitchText')] },
      rules.length === 0
        ? { kind: 'paragraph', text: [t('policyDoc.noRules')] }
        : {
            kind: 'table',
            caption: t('policyDoc.killSwitch'),
            head: [t('policyDoc.rule'), t('policyDoc.pressedWhen'), t('policyDoc.stops')],
            rows: rules.map((rule): Text[] => [
              [labelIn(rule.label, locale, rule.id), rule.enabled ? '' : ` (${t('policyDoc.ruleOff')})`],
              [conditionText(rule.condition, { t, locale })],
              [t(`policyDoc.stops_${rule.scope}`)],
            ]),
          },
    ],
    parts: [],
  };
}

function conditionText(condition: KillSwitchCondition, { t, locale }: Pick<Words, 't' | 'locale'>): string {
  const key = `policyDoc.condition_${condition.kind}`;
  switch (condition.kind) {
    case 'phase_changes':
    case 'runs_of_function':
    case 'retries_of_function':
      return t(key, { count: condition.count, span: formatSpan(condition.withinSeconds, locale) });
    case 'calls_of_run':
      return t(key, { count: condition.count });
    case 'memory':
      return t(key, { count: condition.megabytes, span: formatSpan(condition.forSeconds, locale) });
    case 'database_size':
      return t(key, { count: condition.gigabytes });
    case 'database_connections':
      return t(key, {
        share: formatShare(condition.share, locale),
        span: formatSpan(condition.forSeconds, locale),
      });
  }
}

function retries({ t, locale, retries: { plans, circuits } }: Words): DocumentSection {
  const wait = (ms: number) => (ms < 1000 ? `${ms} ms` : formatSpan(ms / 1000, locale));
  return {
    id: 'retries',
    title: t('policyDoc.retries'),
    blocks: [
      {
        kind: 'table',
        caption: t('policyDoc.retries'),
        head: [t('policyDoc.plan'), t('policyDoc.waits'), t('policyDoc.retryAfter')],
        rows: Object.entries(plans).map(([name, { waitsMs, honourServer }]): Text[] => [
          [t(`policyDoc.plan_${name}`), ' ', code(name)],
          [waitsMs.length === 0 ? t('policyDoc.never') : waitsMs.map(wait).join(' → ')],
          [t(honourServer ? 'policyDoc.honoured' : 'policyDoc.notHonoured')],
        ]),
      },
      {
        kind: 'facts',
        rows: Object.entries(circuits).map(([name, { failures, openForSeconds, holdsNextForSeconds }]) => ({
          term: t(`policyDoc.circuit_${name}`),
          value: [
            t('policyDoc.circuitText', {
              count: failures,
              span: formatSpan(openForSeconds, locale),
              hold: formatSpan(holdsNextForSeconds, locale),
            }),
          ],
        })),
      },
    ],
    parts: [],
  };
}
