import type { DocumentSection } from './document.ts';
import type { DocumentWords, Governance } from './document-words.ts';
import { measuringParts } from './measuring-part.ts';
import { peopleParts } from './people-part.ts';
import { protectionParts } from './protection-part.ts';
import { rolloutParts } from './rollouts-part.ts';

/** The gates that every phase has besides its own, in the order in which they are read. */
const STANDING_GATES = [
  'kill_switch',
  'rollback_pending',
  'state',
  'fresh_data',
  'healthy_now',
  'no_open_incident',
  'reviews_signed',
  'flags_as_policy',
  'freeze',
] as const;

/**
 * The policy for people, complete and in one order: what the page shows and docs/policy.md holds (PHA-6). Values are those
 * that count, with defaults filled in. Pure.
 */
export function policyDocument(governance: Governance, words: DocumentWords): DocumentSection[] {
  const { t } = words;
  const all = { ...governance, ...words };
  const [metrics, ...measuring] = measuringParts(all);
  return [
    ...rolloutParts(all),
    {
      id: 'standing-gates',
      title: t('policyDoc.standingGates'),
      blocks: [
        {
          kind: 'list',
          label: t('policyDoc.standingGates'),
          items: STANDING_GATES.map((kind) => [t(`gateKind.${kind}`)]),
        },
      ],
      parts: [],
    },
    ...(metrics ? [metrics] : []),
    ...peopleParts(all),
    ...protectionParts(all),
    ...measuring,
  ];
}
