import { StepOpCode } from 'inngest/types';
import { expect, it } from 'vitest';
import { isSupportedOp, REFUSED_OPS, refusalOf, SUPPORTED_OPS } from './opcodes.ts';

it('knows every operation of the SDK as either supported or refused, and none as both', () => {
  const sdk = Object.values(StepOpCode).map(String).sort();
  const ours = [...SUPPORTED_OPS, ...Object.keys(REFUSED_OPS)].sort();
  expect(ours).toEqual(sdk);
  expect(new Set(ours).size).toBe(ours.length);
});

it('refuses an operation it has never heard of by its name', () => {
  expect(isSupportedOp('Teleport')).toBe(false);
  expect(refusalOf('Teleport')).toContain('operation Teleport is not supported');
});
