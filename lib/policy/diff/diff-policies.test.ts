import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { POLICY_FILES } from '../policy-history.schema.ts';
import { diffPolicies, type PolicyFiles } from './diff-policies.ts';
import { textDiffs } from './text-diff.ts';

const shipped = Object.fromEntries(
  POLICY_FILES.map((file) => [file, readFileSync(`governance/${file}`, 'utf8')]),
) as PolicyFiles;

/** The shipped policy with one place rewritten. */
function rewritten(from: string | RegExp, to: string): PolicyFiles {
  const text = shipped['policy.yaml'].replace(from, to);
  expect(text).not.toBe(shipped['policy.yaml']);
  return { ...shipped, 'policy.yaml': text };
}

const B_ERRORS = '- { metric: save_error_rate, max: 0.005, window: 15m }';
const C_GATE = '- { kind: met_for, duration: 72h }';

describe('the difference between two versions of the policy', () => {
  it('is nothing for the same files, and nothing for another comment or notation [PHA-6]', () => {
    expect(diffPolicies(shipped, shipped)).toEqual([]);
    expect(diffPolicies(shipped, rewritten('timezone: Asia/Tokyo', "timezone: 'Asia/Tokyo' # JST"))).toEqual(
      [],
    );
  });

  it('names a limit by rollout, phase and metric, in its unit, and says that it became looser [PHA-6]', () => {
    const changes = diffPolicies(shipped, rewritten(B_ERRORS, B_ERRORS.replace('0.005', '0.01')));
    expect(changes).toEqual([
      {
        file: 'policy.yaml',
        path: 'rollouts.autosave.phases[B].objectives[save_error_rate].max',
        steps: [
          { key: 'rollouts', label: null },
          { key: 'autosave', label: { ja: 'AutoSave 露出率', en: 'AutoSave by exposure' } },
          { key: 'phases', label: null },
          { key: 'B', label: { ja: '拡大 30 %', en: 'Broad 30 %' } },
          { key: 'objectives', label: null },
          { key: 'save_error_rate', label: { ja: '保存失敗率', en: 'Save failure rate' } },
          { key: 'max', label: null },
        ],
        kind: 'changed',
        before: 0.005,
        after: 0.01,
        effect: 'looser',
        unit: 'ratio',
      },
    ]);
  });

  it.each([
    ['a lower maximum', B_ERRORS, B_ERRORS.replace('0.005', '0.001'), 'stricter'],
    [
      'a minimum that fell',
      'merge_auto_success_rate, min: 0.80',
      'merge_auto_success_rate, min: 0.75',
      'looser',
    ],
    ['a longer run of met windows', C_GATE, '- { kind: met_for, duration: 96h }', 'stricter'],
    ['a shorter one', C_GATE, '- { kind: met_for, duration: 2d }', 'looser'],
    ['the same one, written in days', C_GATE, '- { kind: met_for, duration: 3d }', null],
    ['an objective that is gone', `          ${B_ERRORS}\n`, '', 'looser'],
    ['an objective that only watches now', B_ERRORS, B_ERRORS.replace(' }', ', shadow: true }'), null],
    [
      'one approval less',
      'approvals: [{ role: sre }, { role: dev_lead }]',
      'approvals: [{ role: sre }]',
      'looser',
    ],
    ['more people who may promote', 'promoteBy: [sre, admin]', 'promoteBy: [sre, on_call, admin]', 'looser'],
    ['other people who may promote', 'promoteBy: [sre, admin]', 'promoteBy: [on_call]', null],
    ['more signatures to arm again', 'rearmSigners: 2', 'rearmSigners: 3', 'stricter'],
    ['retention, which concerns no step', 'payloads: 14d', 'payloads: 15d', null],
  ])('says of %s which way it goes [PHA-6]', (_, from, to, effect) => {
    const [change, ...more] = diffPolicies(shipped, rewritten(from, to));
    expect(more).toEqual([]);
    expect(change?.effect).toBe(effect);
  });

  it('finds entries of a list again, wherever they stand, and says when their order changed [PHA-6]', () => {
    const put = rewritten(B_ERRORS, `- { metric: crash_rate, max: 0.1, window: 15m }\n          ${B_ERRORS}`);
    expect(diffPolicies(shipped, put).map(({ kind, path }) => [kind, path])).toEqual([
      ['added', 'rollouts.autosave.phases[B].objectives[crash_rate]'],
    ]);
    const swapped = rewritten('[{ role: sre }, { role: dev_lead }]', '[{ role: dev_lead }, { role: sre }]');
    expect(diffPolicies(shipped, swapped)).toMatchObject([
      { kind: 'reordered', before: ['sre', 'dev_lead'], after: ['dev_lead', 'sre'], effect: null },
    ]);
  });

  it('tells two entries of one name apart [PHA-6]', () => {
    const changes = diffPolicies(shipped, rewritten('budgetShare: 0.05', 'budgetShare: 0.06'));
    expect(changes.map(({ path }) => path)).toEqual(['slo.burnRates[page 2].budgetShare']);
  });

  it('says that a file is new, and reads versions of before there was one [PHA-6]', () => {
    const before = { ...shipped, 'retry-policy.yaml': '' };
    expect(diffPolicies(before, shipped)).toMatchObject([
      { file: 'retry-policy.yaml', path: '', before: null },
    ]);
    expect(diffPolicies({ ...shipped, 'policy.yaml': 'a: [' }, shipped)).toMatchObject([
      { file: 'policy.yaml', path: '', before: 'a: [' },
    ]);
  });

  it('goes back the way it came [PHA-6]', () => {
    const after = rewritten(B_ERRORS, '- { metric: crash_rate, max: 0.1, window: 15m }');
    const there = diffPolicies(shipped, after);
    const back = diffPolicies(after, shipped);
    expect(back.map(({ path }) => path).toSorted()).toEqual(there.map(({ path }) => path).toSorted());
    for (const change of there)
      expect(back.find(({ path }) => path === change.path)).toMatchObject({
        before: change.after,
        after: change.before,
      });
  });
});

describe('the difference line by line', () => {
  it('names each file that differs, with three lines around each change [PHA-6]', () => {
    const [only, ...more] = textDiffs(shipped, rewritten('lateness: 2h', 'lateness: 3h'));
    expect(more).toEqual([]);
    expect(only?.file).toBe('policy.yaml');
    const lines = only?.hunks.flatMap((hunk) => hunk.lines) ?? [];
    expect(lines.filter((line) => line.startsWith('-'))).toEqual([expect.stringContaining('lateness: 2h')]);
    expect(lines.filter((line) => line.startsWith('+'))).toEqual([expect.stringContaining('lateness: 3h')]);
    expect(lines).toHaveLength(8);
    expect(textDiffs(shipped, shipped)).toEqual([]);
  });
});
