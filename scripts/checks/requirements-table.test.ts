import { describe, expect, it } from 'vitest';
import { citedIds, parseRequirements } from './requirements-table.ts';

describe('the requirements table', () => {
  it('reads id, line and status', () => {
    expect(parseRequirements('| id | line | status |\n| --- | --- | --- |\n| COL-2 | Once | done |')).toEqual(
      [{ id: 'COL-2', line: 'Once', status: 'done' }],
    );
  });

  it.each([
    ['| COL-2 | Once | ready |', /COL-2: status/],
    ['| COL-2 | Once | done |\n| COL-2 | Again | part |', /listed twice/],
    ['nothing', /no requirement/],
  ])('refuses %j', (markdown, message) => {
    expect(() => parseRequirements(markdown)).toThrow(message);
  });

  it('finds single ids, lists and ranges in test names', () => {
    const bracket = (ids: string) => `it('counts ${'['}${ids}]', () => {})`;
    expect([...citedIds(bracket('COL-2'))]).toEqual(['COL-2']);
    expect([...citedIds(bracket('COL-2, ROL-7'))]).toEqual(['COL-2', 'ROL-7']);
    expect([...citedIds(bracket('TEL-1…3, COL-6'))]).toEqual(['TEL-1', 'TEL-2', 'TEL-3', 'COL-6']);
    expect([...citedIds('const value = rows[COL-2x]')]).toEqual([]);
  });
});
