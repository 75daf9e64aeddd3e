import { readFileSync } from 'node:fs';
import { createTranslator } from 'next-intl';
import { gateLabel, gateReason, gateRelease, heldSentence } from '#components/rollout/gate-words.ts';
import type { PolicyNames } from '#lib/dashboard/index.ts';
import type { Locale, Zone } from '#lib/i18n/index.ts';
import type { Decision, GateCheck } from '#lib/rollouts/index.ts';

export type Language = Locale;

/** `ja` for Japanese of whatever region, `en` for everything else. */
export function languageOf(text: string): Language {
  return /^ja\b|^ja_/i.test(text) ? 'ja' : 'en';
}

const MARKS = { met: '✓', unmet: '✗', unknown: '?' } as const;

/** A decision for people: what, what holds it, and every gate with now, needed, when and why (PHA-3). */
export function decisionText(decision: Decision, lang: Language, names: PolicyNames = NO_NAMES): string {
  const words = wordsOf(lang, names);
  const { t } = words;
  const { rolloutId, phase, state, rolloutVersion, policyHash, evidenceHash } = decision;
  return [
    `${rolloutId} ${phase} · ${t(`rolloutState.${state}`)} → ${t(`decision.${decision.decision}`)}`,
    heldSentence(decision, words) ?? '',
    ...decision.gates.map((gate) => gateText(gate, lang, names)),
    `  version ${rolloutVersion} · policy ${policyHash} · evidence ${evidenceHash}`,
  ]
    .filter((line) => line !== '')
    .join('\n');
}

/** One gate for people. */
export function gateText(gate: GateCheck, lang: Language, names: PolicyNames = NO_NAMES): string {
  const words = wordsOf(lang, names);
  const release = gateRelease(gate, words);
  const line = `  ${MARKS[gate.state]} ${gateLabel(gate, words)}: ${gateReason(gate, words)}`;
  return release === null ? line : `${line}\n      ${release}`;
}

// Without names ids stand for them.
const NO_NAMES: PolicyNames = { roles: {}, panels: {}, items: {}, freezes: {} };

function wordsOf(lang: Language, names: PolicyNames) {
  const zone: Zone = lang === 'ja' ? 'Asia/Tokyo' : 'UTC';
  return { t: translatorOf(lang), names, locale: lang, zone };
}

type Translate = (key: string, values?: Record<string, string | number>) => string;
const translators = new Map<Language, Translate>();

function translatorOf(lang: Language): Translate {
  const known = translators.get(lang);
  if (known) return known;
  const file = new URL(`../../messages/${lang}.json`, import.meta.url);
  const messages = JSON.parse(readFileSync(file, 'utf8')) as Record<string, never>;
  const typed = createTranslator({ locale: lang, messages });
  // Keys come from closed lists, which a test holds against the texts.
  const translate = typed as unknown as Translate;
  translators.set(lang, translate);
  return translate;
}
