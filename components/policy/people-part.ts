import { formatSpan } from '#lib/i18n/index.ts';
import { PERMISSIONS, type Policy } from '#lib/policy/index.ts';
import { anchorOf, code, type DocumentSection, MARK, type Text } from './document.ts';
import { type DocumentWords, labelIn } from './document-words.ts';
import { channels } from './rollouts-part.ts';

type Words = DocumentWords & { policy: Policy };

/** Who may do what, whose word counts how long, and who is told. */
export function peopleParts(words: Words): DocumentSection[] {
  return [permissions(words), checklists(words), freezes(words), incidents(words), reporting(words)];
}

function permissions({ t, locale, policy }: Words): DocumentSection {
  const roles = Object.entries(policy.roles);
  const span = (seconds: number) => formatSpan(seconds, locale);
  const { signatures, personalKeys, signIn } = policy;
  return {
    id: 'permissions',
    title: t('policyDoc.permissions'),
    blocks: [
      {
        kind: 'table',
        caption: t('policyDoc.permissions'),
        head: [t('policyDoc.permission'), ...roles.map(([id, label]) => labelIn(label, locale, id))],
        rows: PERMISSIONS.map((permission) => [
          [t(`policyDoc.permission_${permission}`)],
          ...roles.map(([id]): Text => [policy.permissions[permission].includes(id) ? MARK : '']),
        ]),
      },
      {
        kind: 'facts',
        rows: [
          {
            term: t('policyDoc.approvalsExpire'),
            value: [t('policyDoc.after', { span: span(signatures.approvalsExpireAfterSeconds) })],
          },
          {
            term: t('policyDoc.reviewSigners'),
            value: [t('policyDoc.people', { count: signatures.reviewSigners })],
          },
          {
            term: t('policyDoc.rearmSigners'),
            value: [t('policyDoc.people', { count: signatures.rearmSigners })],
          },
          {
            term: t('policyDoc.personalKeys'),
            value: [t('policyDoc.after', { span: span(personalKeys.expireWithinSeconds) })],
          },
          {
            term: t('policyDoc.session'),
            value: [t('policyDoc.after', { span: span(signIn.sessionSeconds) })],
          },
          {
            term: t('policyDoc.setupLink'),
            value: [t('policyDoc.after', { span: span(signIn.setupLinkSeconds) })],
          },
          {
            term: t('policyDoc.newAccount'),
            value: [labelIn(policy.roles[signIn.newAccountRole], locale, signIn.newAccountRole)],
          },
        ],
      },
    ],
    parts: [],
  };
}

function checklists({ t, locale, policy }: Words): DocumentSection {
  return {
    id: 'checklists',
    title: t('policyDoc.checklists'),
    blocks: [],
    parts: Object.entries(policy.checklists).map(([id, items]) => ({
      id: anchorOf('checklist', id),
      title: id,
      blocks: [
        {
          kind: 'table' as const,
          caption: id,
          head: [t('policyDoc.item'), t('policyDoc.answeredBy')],
          rows: items.map((item): Text[] => [
            [labelIn(item.label, locale, item.id)],
            [
              item.check
                ? t('policyDoc.answeredBySystem', { check: t(`policyDoc.check_${item.check}`) })
                : labelIn(policy.roles[item.role ?? ''], locale, item.role ?? ''),
            ],
          ]),
        },
      ],
      parts: [],
    })),
  };
}

function freezes({ t, locale, policy }: Words): DocumentSection {
  return {
    id: 'freezes',
    title: t('policyDoc.freezes'),
    blocks: [
      { kind: 'paragraph', text: [t('policyDoc.freezesText', { zone: policy.timezone })] },
      policy.freezes.length === 0
        ? { kind: 'paragraph', text: [t('policyDoc.noFreezes')] }
        : {
            kind: 'table',
            caption: t('policyDoc.freezes'),
            head: [t('policyDoc.freeze'), t('policyDoc.when'), t('policyDoc.rollouts')],
            rows: policy.freezes.map((freeze): Text[] => [
              [labelIn(freeze.label, locale, freeze.id)],
              [periodText(freeze.period, t), freeze.timezone ? ` (${freeze.timezone})` : ''],
              [
                freeze.rollouts
                  ? freeze.rollouts
                      .map((id) => labelIn(policy.rollouts[id]?.label, locale, id))
                      .join(t('gates.separator'))
                  : t('policyDoc.everyRollout'),
              ],
            ]),
          },
    ],
    parts: [],
  };
}

function periodText(period: Policy['freezes'][number]['period'], t: Words['t']): string {
  if (!('weekly' in period))
    return t('policyDoc.fromTo', { from: period.from.replace('T', ' '), to: period.to.replace('T', ' ') });
  const day = (text: string) => text.replace(/^\w+/, (name) => t(`policyDoc.day_${name}`));
  return t('policyDoc.weekly', { from: day(period.weekly.from), to: day(period.weekly.to) });
}

function incidents({ t, locale, policy }: Words): DocumentSection {
  const { incidents: deadlines } = policy;
  const within = (seconds: number): Text => [t('policyDoc.within', { span: formatSpan(seconds, locale) })];
  return {
    id: 'incidents',
    title: t('policyDoc.incidents'),
    blocks: [
      { kind: 'paragraph', text: [t('policyDoc.incidentsText')] },
      {
        kind: 'facts',
        rows: [
          { term: t('policyDoc.incident_received'), value: within(deadlines.receivedWithinSeconds) },
          { term: t('policyDoc.incident_decided'), value: within(deadlines.decidedWithinSeconds) },
          { term: t('policyDoc.incident_rolledBack'), value: within(deadlines.rolledBackWithinSeconds) },
          { term: t('policyDoc.incident_rcaDraft'), value: within(deadlines.rcaDraftWithinSeconds) },
          {
            term: t('policyDoc.incident_rcaShared'),
            value: [t('policyDoc.businessDays', { count: deadlines.rcaDueBusinessDays })],
          },
          {
            term: t('policyDoc.incident_closed'),
            value: [t('policyDoc.greenWindows', { count: deadlines.closedAfterGreenWindows })],
          },
          {
            term: t('policyDoc.incident_remind'),
            value: [t('policyDoc.every', { span: formatSpan(deadlines.remindEverySeconds, locale) })],
          },
          {
            term: t('policyDoc.proof'),
            value: [
              t('policyDoc.proofText', { span: formatSpan(policy.proof.escalateAfterSeconds, locale) }),
            ],
          },
        ],
      },
    ],
    parts: [],
  };
}

function reporting(words: Words): DocumentSection {
  const { t, locale, policy } = words;
  const { reporting: rules } = policy;
  return {
    id: 'reporting',
    title: t('policyDoc.reporting'),
    blocks: [
      {
        kind: 'facts',
        rows: [
          { term: t('policyDoc.language'), value: [t(`policyDoc.language_${rules.language}`)] },
          { term: t('policyDoc.mention'), value: [code(rules.mention)] },
          { term: t('policyDoc.announceOk'), value: [t(`policyDoc.announceOk_${rules.announceOk}`)] },
          {
            term: t('policyDoc.announceOkFrom'),
            value: [
              Object.entries(rules.announceOkFrom)
                .map(([id, phase]) => `${labelIn(policy.rollouts[id]?.label, locale, id)}: ${phase}`)
                .join(t('gates.separator')),
            ],
          },
          { term: t('policyDoc.stopsTold'), value: channels(rules.stops, words) },
          { term: t('policyDoc.dailyAt'), value: [`${rules.dailyAt} (${policy.timezone})`] },
        ],
      },
    ],
    parts: [],
  };
}
