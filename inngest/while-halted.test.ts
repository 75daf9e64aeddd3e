import { expect, it } from 'vitest';
import { inngest } from './client.ts';
import { functions } from './index.ts';
import { goesOnWhileHalted, WHILE_HALTED } from './while-halted.ts';

it('says of every function whether it goes on while everything is halted [OPS-7]', () => {
  const prefix = `${inngest.id}-`;
  const ids = functions.map((fn) => fn.id(inngest.id).slice(prefix.length));
  expect(Object.keys(WHILE_HALTED).toSorted()).toEqual(ids.toSorted());
});

it.each([
  ['phasegate-collect-window', true],
  ['phasegate-collect-window-failure', true],
  ['phasegate-guard-automation', true],
  ['phasegate-apply-retention', false],
  ['phasegate-apply-retention-failure', false],
  ['phasegate-something-new', false],
  ['phasegate-toString', false],
  ['other-collect-window', false],
])('%s: %s [OPS-7]', (functionId, expected) => {
  expect(goesOnWhileHalted(functionId, 'phasegate')).toBe(expected);
});
