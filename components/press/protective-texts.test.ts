import { expect, it } from 'vitest';
import {
  BECAUSE_CODES,
  INCIDENT_BLOCKS,
  NEEDS,
  RESTART_BLOCKS,
  REVIEW_BLOCKS,
  TASK_KINDS,
} from '#lib/dashboard/index.ts';
import { INCIDENT_CAUSES, IncidentSeveritySchema } from '#lib/incidents/index.ts';
import { RollbackCauseSchema, STOP_CAUSES, STOP_KINDS } from '#lib/rollouts/index.ts';
import { TriggerSchema } from '#lib/rollouts/rollout.schema.ts';
import en from '../../messages/en.json' with { type: 'json' };
import ja from '../../messages/ja.json' with { type: 'json' };
import { FAILURE_KINDS, PRESS_REASONS } from './failure-kind.ts';

const prefixed = (prefix: string, codes: readonly string[]) => codes.map((code) => `${prefix}_${code}`);
const STOP_TEXTS = [
  'kind',
  'title',
  'submit',
  'after',
  'ordered',
  'joined',
  'inForce',
  'past',
  'release',
  'releaseText',
  'releaseSubmit',
  'released',
];

it.each([
  ['notices', prefixed('cause', RollbackCauseSchema.options)],
  ['notices', prefixed('restart', RESTART_BLOCKS)],
  ['stops', STOP_TEXTS.flatMap((text) => prefixed(text, STOP_KINDS))],
  ['stops', prefixed('trigger', TriggerSchema.options)],
  ['stops', prefixed('outside', ['environment', 'file'])],
  [
    'stops',
    prefixed(
      'because',
      STOP_CAUSES.filter((code) => code !== 'outside'),
    ),
  ],
  ['because', BECAUSE_CODES],
  ['overview', prefixed('need', NEEDS)],
  ['reviews', prefixed('blocked', REVIEW_BLOCKS)],
  ['incidents', prefixed('blocked', INCIDENT_BLOCKS)],
  ['incidents', prefixed('cause', INCIDENT_CAUSES)],
  ['incidents', prefixed('severity', IncidentSeveritySchema.options)],
  ['inbox', [...prefixed('task', TASK_KINDS), ...prefixed('idle', TASK_KINDS)]],
  ['press', FAILURE_KINDS.flatMap((kind) => [`${kind}Title`, `${kind}Text`])],
] as const)(
  'has a text in both languages for every code of %s that a page renders [DASH-6]',
  (name, keys) => {
    for (const key of keys) {
      expect(Object.keys(ja[name]), `ja ${name}.${key}`).toContain(key);
      expect(Object.keys(en[name]), `en ${name}.${key}`).toContain(key);
    }
  },
);

it('has a sentence in both languages for every refusal it knows [DASH-6]', () => {
  expect(Object.keys(ja.press.reason).sort()).toEqual([...PRESS_REASONS].sort());
  expect(Object.keys(en.press.reason).sort()).toEqual([...PRESS_REASONS].sort());
});
