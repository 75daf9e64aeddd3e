import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import { MESSAGE_KINDS, type MessageKind } from '#lib/templates/index.ts';
import { MessageCauseSchema, routesOf } from './index.ts';

const { policy } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});
const to = (kind: MessageKind, rolloutId: string | null, phase: string | null) =>
  routesOf(policy, { kind, rolloutId, phase }).map(({ channel }) => channel);

describe('routes', () => {
  it.each([
    ['readiness', 'A-0', ['launch-autosave']],
    ['autosave-warn', 'A-1', ['launch-autosave']],
    ['autosave-incident', 'A-1', ['launch-autosave', 'pagerduty-autosave', 'issue']],
    ['autosave-incident', 'A-2', ['launch-autosave', 'pagerduty-autosave', 'issue']],
    ['autosave-incident', 'B-0', ['merge-ops', 'pagerduty-merge', 'issue']],
    ['autosave-incident', 'B-1', ['incident', 'pagerduty-autosave-p1', 'issue']],
  ] as const)(
    '%s of autosave-merge in %s go where the seed says, Slack first [REP-1] [REP-3]',
    (kind, phase, channels) => {
      expect(to(kind, 'autosave-merge', phase)).toEqual(channels);
    },
  );

  it('of the rollout by exposure go to its own channels [REP-1]', () => {
    expect(to('autosave-ok', 'autosave', 'B')).toEqual(['autosave-rollout']);
    expect(to('autosave-incident', 'autosave', 'C')).toEqual([
      'incident-autosave',
      'pagerduty-autosave-p1',
      'issue',
    ]);
  });

  it('never name a channel the template has no text for', () => {
    expect(to('autosave-rollback', 'autosave', 'B')).toEqual(['incident-autosave', 'issue']);
  });

  it('of stops are the policy’s own, whatever rollout they name', () => {
    expect(to('kill-switch', null, null)).toEqual(['incident', 'pagerduty-autosave-p1']);
    expect(to('kill-switch', 'autosave', 'B')).toEqual(['incident', 'pagerduty-autosave-p1']);
  });

  it('are empty where nobody is to be told or the phase is unknown', () => {
    expect(to('autosave-warn', 'autosave', 'C')).toEqual([]);
    expect(to('autosave-warn', 'autosave', 'Z')).toEqual([]);
  });

  it('know a cause for every kind of message that has a template', () => {
    const kinds = MessageCauseSchema.options.map((option) => option.shape.kind.value);
    expect([...kinds].sort()).toEqual(Object.keys(MESSAGE_KINDS).sort());
  });
});
