import type { Locale } from '#lib/i18n/index.ts';
import type {
  EventCatalogue,
  KillSwitchRules,
  LocalizedText,
  Policy,
  RetryPolicy,
} from '#lib/policy/index.ts';

/** The policy as it is understood, with defaults filled in. */
export type Governance = {
  policy: Policy;
  catalogue: EventCatalogue;
  killSwitch: KillSwitchRules;
  retries: RetryPolicy;
};

/** What a document is written with. */
export type DocumentWords = {
  /** A text by its full name, such as `policyDoc.promotes`. */
  t: (key: string, values?: Record<string, string | number>) => string;
  locale: Locale;
  /** Whether other pages can be reached from it: a file has no rollout's page. */
  linked: boolean;
};

export const labelIn = (label: LocalizedText | undefined, locale: Locale, id: string) =>
  label?.[locale] ?? id;
