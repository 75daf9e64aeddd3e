import { expect, it } from 'vitest';
import { detailRows } from './detail-rows.ts';

it('puts before and after beside each other, however an entry names them [OPS-22]', () => {
  expect(
    detailRows({
      from: 'A',
      to: 'B',
      flagsBefore: { 'autosave.enabled': false, gone: 1 },
      flagsAfter: { 'autosave.enabled': true },
      version: 4,
    }),
  ).toEqual([
    { field: 'from → to', change: true, before: 'A', after: 'B' },
    { field: 'flags.autosave.enabled', change: true, before: 'false', after: 'true' },
    { field: 'flags.gone', change: true, before: '1', after: '—' },
    { field: 'version', change: false, value: '4' },
  ]);
});

it('goes into what is nested, and leaves a lonely before or from as it is', () => {
  expect(
    detailRows({
      from: 'x',
      roles: ['sre', 'admin'],
      none: [],
      changes: [{ path: 'cycle.lateness', before: '2h', after: null }],
    }),
  ).toEqual([
    { field: 'from', change: false, value: 'x' },
    { field: 'roles', change: false, value: 'sre, admin' },
    { field: 'none', change: false, value: '—' },
    { field: 'changes.1.path', change: false, value: 'cycle.lateness' },
    { field: 'changes.1.before → after', change: true, before: '2h', after: '—' },
  ]);
});
