import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import { restartPhase } from './index.ts';

const governance = (file: string) => ({
  file: `governance/${file}`,
  text: readFileSync(`governance/${file}`, 'utf8'),
});

it.each([
  ['autosave-merge', 'B-0', 'A-1'],
  ['autosave-merge', 'A-1', 'A-1'],
  ['autosave-merge', 'A-0', 'A-0'], // further back than the canary
  ['autosave', 'B', 'A'],
])('%s in %s begins again in %s [ROL-5] [PHA-5]', (id, phase, expected) => {
  const { policy } = parsePolicy({ policy: governance('policy.yaml'), events: governance('events.yaml') });
  expect(restartPhase(policy, { id, phase })?.id).toBe(expected);
});
