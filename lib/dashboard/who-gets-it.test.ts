import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import { inPhase, whoGetsIt } from './who-gets-it.ts';

const read = (file: string) => ({ file, text: readFileSync(file, 'utf8') });
const { policy } = parsePolicy({
  policy: read('governance/policy.yaml'),
  events: read('governance/events.yaml'),
});
const places = (merge: string, exposure: string) =>
  [
    { id: 'autosave-merge', phase: merge },
    { id: 'autosave', phase: exposure },
  ].map((place) => ({ ...place, state: 'running' as const, resumeState: null }));

function enabled(merge: string, exposure: string) {
  return Object.fromEntries(
    whoGetsIt(policy, 'autosave', places(merge, exposure))
      .filter(({ flagKey }) => flagKey === 'autosave.enabled')
      .map(({ circle, ratio }) => [circle, ratio]),
  );
}

it('shows the planned share where nothing holds the flag back, and what another rollout leaves of it [PHA-1]', () => {
  const open = enabled('B-1', 'B');
  // Five standard deviations of a fair draw of 400.
  expect(Math.abs((open.others ?? 0) - 0.3)).toBeLessThan(0.115);
  // Precision Merge in its beta admits nobody outside of it, however large the exposure.
  expect(enabled('A-2', 'B').others).toBe(0);
  expect(enabled('A-2', 'B').beta).toBe(open.beta);
  expect(enabled('A-0', 'C')).toEqual({ qa: 0, beta: 0, others: 0 });
  expect(enabled('B-1', 'C')).toEqual({ qa: 1, beta: 1, others: 1 });
});

it('tells what a step would change, and changes no other rollout [PHA-1]', () => {
  const before = places('B-1', 'B');
  const after = inPhase(before, 'autosave', 'A');
  expect(after.map(({ id, phase }) => `${id} ${phase}`)).toEqual(['autosave-merge B-1', 'autosave A']);
  const share = (at: typeof after) =>
    whoGetsIt(policy, 'autosave', at).find(({ circle }) => circle === 'others')?.ratio ?? -1;
  expect(share(after)).toBeLessThan(share(before));
  expect(before[1]?.phase).toBe('B');
});
