import { globSync, readFileSync } from 'node:fs';
import { createTranslator } from 'next-intl';
import { expect, it } from 'vitest';
import { VERDICTS, VerdictReasonSchema } from '#lib/analyzer/index.ts';
import { QUARANTINE_STATES } from '#lib/collector/quarantine.schema.ts';
import {
  ATTEMPT_OUTCOMES,
  DEADLINES,
  DELIVERY_STATES,
  HEADLINES,
  JOB_STATES,
  JOB_STEP_STATES,
  PANEL_RANGES,
  PROMOTION_OBSTACLES,
  VOTE_OBSTACLES,
  VOTE_STANDINGS,
} from '#lib/dashboard/index.ts';
import { INCIDENT_STEPS, STEP_CHECKS, TIMELINE_KINDS } from '#lib/incidents/index.ts';
import { LEVELS } from '#lib/outbox/index.ts';
import { AUTOMATION_LEVELS, CHECKLIST_CHECKS } from '#lib/policy/index.ts';
import { DECISIONS, GATE_KINDS, GATE_REASONS, RolloutStateSchema } from '#lib/rollouts/index.ts';
import { QUARANTINE_REASONS } from '#lib/telemetry/index.ts';
import { MESSAGE_KINDS } from '#lib/templates/index.ts';
import en from '../../messages/en.json' with { type: 'json' };
import ja from '../../messages/ja.json' with { type: 'json' };

type Texts = { [key: string]: string | Texts };

function flat(texts: Texts, prefix = ''): Map<string, string> {
  return new Map(
    Object.entries(texts).flatMap(([key, value]) =>
      typeof value === 'string' ? [[prefix + key, value] as const] : [...flat(value, `${prefix}${key}.`)],
    ),
  );
}

const texts = { ja: flat(ja), en: flat(en) };

/** The names a text wants filled, tags included; the words inside a plural's branches are no names. */
function placeholders(text: string): string[] {
  const outside = text.replaceAll(/(?:one|other|=\d+)\s*\{[^{}]*\}/g, '');
  const names = [...outside.matchAll(/\{\s*(\w+)\s*[,}]|<(\w+)/g)].map((match) => match[1] ?? match[2] ?? '');
  return [...new Set(names)].sort();
}

it('has every text in both languages, none of them empty [DASH-6]', () => {
  expect([...texts.en.keys()].sort()).toEqual([...texts.ja.keys()].sort());
  for (const [locale, all] of Object.entries(texts))
    for (const [key, text] of all) expect(text.trim(), `${locale} ${key}`).not.toBe('');
});

it('fills the same names into a text in both languages [DASH-6]', () => {
  const differing = [...texts.ja].filter(
    ([key, text]) => placeholders(text).join() !== placeholders(texts.en.get(key) ?? '').join(),
  );
  expect(differing.map(([key]) => key)).toEqual([]);
});

it.each([
  ['verdict', VERDICTS],
  ['reason', VerdictReasonSchema.options],
  ['headline', HEADLINES],
  ['quarantineReason', QUARANTINE_REASONS],
  ['jobState', [...JOB_STATES, ...JOB_STEP_STATES]],
  ['quarantine', QUARANTINE_STATES.map((state) => `state_${state}`)],
  [
    'delivery',
    [
      ...DELIVERY_STATES.map((state) => `state_${state}`),
      ...ATTEMPT_OUTCOMES.map((outcome) => `outcome_${outcome}`),
      ...LEVELS.map((level) => `level_${level}`),
      ...Object.keys(MESSAGE_KINDS).map((kind) => `kind_${kind}`),
    ],
  ],
  [
    'incidentPage',
    [
      ...INCIDENT_STEPS.flatMap((step) => [`step_${step}`, `runbook_${step}`]),
      ...STEP_CHECKS.flatMap((check) => [`check_${check}`, `missing_${check}`]),
      ...TIMELINE_KINDS.map((kind) => `event_${kind}`),
    ],
  ],
  ['gateKind', GATE_KINDS],
  ['gateReason', GATE_REASONS],
  ['gateRelease', GATE_REASONS],
  ['decision', DECISIONS],
  ['rolloutState', RolloutStateSchema.options],
  ['rolloutStateText', RolloutStateSchema.options],
  ['deadline', DEADLINES],
  ['checklistItem', CHECKLIST_CHECKS.map((check) => `evidence_${check}`)],
  ['approvals', VOTE_STANDINGS.map((standing) => `standing_${standing}`)],
  ['approvals', VOTE_OBSTACLES.map((obstacle) => `obstacle_${obstacle}`)],
  ['promotion', PROMOTION_OBSTACLES.map((obstacle) => `blocked_${obstacle}`)],
  [
    'automation',
    ['promotion', 'rollback'].flatMap((way) => AUTOMATION_LEVELS.map((level) => `${way}_${level}`)),
  ],
  ['panel', PANEL_RANGES.map((range) => `range_${range}`)],
])('has a text for every code of %s [DASH-6]', (namespace, codes) => {
  for (const code of codes) expect(texts.ja.has(`${namespace}.${code}`), `${namespace}.${code}`).toBe(true);
});

it('knows every text that a component asks for by its full name [DASH-6]', () => {
  const missing: string[] = [];
  for (const file of globSync(['components/**/*.tsx', 'app/**/*.tsx'])) {
    const source = readFileSync(file, 'utf8');
    // Only files with one translator can be read this simply; that is nearly all of them.
    const namespaces = [...source.matchAll(/(?:use|get)Translations\((?:'([\w.]+)')?\)/g)].map(
      (m) => m[1] ?? '',
    );
    const [namespace] = namespaces;
    if (namespace === undefined || new Set(namespaces).size !== 1) continue;
    for (const [, key] of source.matchAll(/\bt(?:\.rich)?\('([\w.]+)'/g)) {
      const full = namespace === '' ? key : `${namespace}.${key}`;
      if (full !== undefined && !texts.ja.has(full)) missing.push(`${file}: ${full}`);
    }
  }
  expect(missing).toEqual([]);
});

/** Texts asked for by a code alone, `t(code)`, by how they begin; the lists of codes are held above. */
const NAMED_BY_CODE = [
  'auditAction.',
  'approvals.approve_',
  'approvals.reject_',
  'because.',
  'deadline.',
  'decision.',
  'jobName.',
  'jobState.',
  'policyDoc.file', // of docs/policy.md
  'policyKey.',
  'policyPage.reordered',
  'rollout.past',
];

it('has no text that nothing asks for [DASH-6]', () => {
  const sources = globSync(['components/**/*.{ts,tsx}', 'app/**/*.{ts,tsx}'])
    .filter((file) => !/\.(test|int)\.tsx?$/.test(file))
    .map((file) => readFileSync(file, 'utf8'))
    .join('\n');
  const literals = new Set([...sources.matchAll(/['"]([\w.-]+)['"]/g)].map((match) => match[1] ?? ''));
  // `state_${code}`, `gateReason.${code}`, 'state_' + code: what stands before and after the code.
  const patterns = [...sources.matchAll(/`([\w.-]*)\$\{[^`]*?\}([\w.-]*)`|'([\w.]+_)'/g)]
    .map((match) => ({ before: match[1] ?? match[3] ?? '', after: match[2] ?? '' }))
    .filter(({ before, after }) => before.length > 2 || after.length > 2);
  const unused = [...texts.ja.keys()].filter((full) => {
    const parts = full.split('.');
    // A translator is asked from the root, from a namespace or from one within it.
    const askedAs = parts.map((_, at) => parts.slice(at).join('.'));
    const fits = (text: string) =>
      literals.has(text) ||
      patterns.some(({ before, after }) => text.startsWith(before) && text.endsWith(after));
    return !NAMED_BY_CODE.some((beginning) => full.startsWith(beginning)) && !askedAs.some(fits);
  });
  expect(unused).toEqual([]);
});

it.each(['ja', 'en'] as const)('has only texts that can be formatted: %s [DASH-6]', (locale) => {
  const wrong: string[] = [];
  for (const [key, text] of texts[locale]) {
    const values = Object.fromEntries(
      placeholders(text).map((name) => [
        name,
        text.includes(`<${name}>`) || text.includes(`<${name}/>`) ? () => name : 1,
      ]),
    );
    const t = createTranslator({
      locale,
      messages: { text },
      onError: (error) => wrong.push(`${key}: ${error}`),
    });
    t.rich('text', values);
  }
  expect(wrong).toEqual([]);
});
