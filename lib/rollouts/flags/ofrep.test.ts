import { describe, expect, it } from 'vitest';
import { answerTag, composeConfiguration, versionOfTag } from './configuration.ts';
import { evaluateFlag } from './evaluate-flag.ts';
import { configurationIn, policy, statesIn } from './example.fixture.ts';
import { bulkAnswer, flagAnswer, matchesTag, refetchEvent } from './ofrep.ts';

const PHASES = { 'autosave-merge': 'A-1', autosave: 'C' };
const configuration = configurationIn(PHASES);
const qa = { targetingKey: 'u', cohort: 'qa' };

describe('an answer', () => {
  it('has the value, its variant, a reason and metadata of plain values only [ROL-4]', () => {
    const evaluation = evaluateFlag({ ...configuration, flagKey: 'autosave.enabled', context: qa });
    expect(evaluation && flagAnswer(evaluation, configuration)).toEqual({
      key: 'autosave.enabled',
      value: true,
      variant: 'on',
      reason: 'TARGETING_MATCH',
      metadata: { version: 7, rollout: 'autosave-merge', phase: 'A-1' },
    });
    const unstarted = composeConfiguration({
      policy,
      states: [],
      standings: [],
      version: 0,
      lastModifiedSeconds: 0,
    });
    for (const flag of bulkAnswer(unstarted, qa, '/s').flags)
      for (const value of Object.values(flag.metadata))
        expect(['boolean', 'string', 'number']).toContain(typeof value);
  });

  it('of all flags names each once and says where changes are announced', () => {
    const answer = bulkAnswer(configuration, qa, '/ofrep/v1/stream?ticket=t');
    expect(answer.flags.map(({ key, variant }) => `${key} ${variant}`)).toEqual([
      'autosave.enabled on',
      'merge.precision legacy',
      'autosave.lock writable',
    ]);
    expect(answer.metadata).toEqual({ version: 7 });
    expect(answer.eventStreams).toEqual([
      { type: 'sse', endpoint: { requestUri: '/ofrep/v1/stream?ticket=t' }, inactivityDelaySec: 120 },
    ]);
  });
});

describe('a tag', () => {
  const tag = answerTag(configuration, qa);

  it('is the same for the same context in another order of keys', () => {
    expect(answerTag(configurationIn(PHASES), { cohort: 'qa', targetingKey: 'u' })).toBe(tag);
  });

  it.each([
    ['another person', answerTag(configuration, { ...qa, targetingKey: 'v' })],
    ['another cohort', answerTag(configuration, { ...qa, cohort: 'beta' })],
    ['another version', answerTag(configurationIn(PHASES, 8), qa)],
    ['a raised signal', answerTag(configurationIn(PHASES, 7, ['autosave']), qa)],
    ['another phase', answerTag(configurationIn({ ...PHASES, autosave: 'B' }), qa)],
    [
      'other defaults in the policy',
      answerTag(
        composeConfiguration({
          policy: {
            ...policy,
            rollouts: Object.fromEntries(
              Object.entries(policy.rollouts).map(([id, rollout]) => [
                id,
                { ...rollout, flagDefaults: { ...rollout.flagDefaults, 'autosave.enabled': true } },
              ]),
            ),
          },
          states: statesIn(PHASES),
          standings: configuration.standings,
          version: 7,
          lastModifiedSeconds: 0,
        }),
        qa,
      ),
    ],
  ])('changes with %s', (_what, other) => {
    expect(other).not.toBe(tag);
  });

  it.each([
    [tag, true],
    [`W/${tag}`, true],
    [`"other", ${tag}`, true],
    ['*', true],
    ['"other"', false],
    ['', false],
    [null, false],
  ])('is found in If-None-Match %s: %s', (header, found) => {
    expect(matchesTag(header, tag)).toBe(found);
  });

  it.each([
    [tag, 7],
    [`W/${tag}`, 7],
    [configuration.tag, 7],
    ['"abc"', null],
    ['', null],
    ['9999999999999999-x', null],
  ])('%s tells the version %s', (text, version) => {
    expect(versionOfTag(text)).toBe(version);
  });
});

it('a notice of a change calls to ask again and carries no flag', () => {
  expect(refetchEvent(configuration)).toBe(
    `id: ${configuration.tag}\nevent: message\ndata: {"type":"refetchEvaluation","etag":"${configuration.tag}","lastModified":1795000000}\n\n`,
  );
});
