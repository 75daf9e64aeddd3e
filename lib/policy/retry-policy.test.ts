import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { nextWaitMs, parsePolicy } from './index.ts';

const read = (name: string) => ({
  file: `governance/${name}`,
  text: readFileSync(`governance/${name}`, 'utf8'),
});
const files = {
  policy: read('policy.yaml'),
  events: read('events.yaml'),
  retries: read('retry-policy.yaml'),
};

describe('plans of retries', () => {
  it.each([
    ['collection', [500, 1000, 2000, 4000, 8000]],
    ['slo-recheck', [500, 1000, 2000]],
    ['workflow-run', [5000, 10_000, 20_000]],
  ] as const)('%s waits as the requirements say [COL-5] [ANA-6]', (plan, waitsMs) => {
    expect(parsePolicy(files).retries.plans[plan].waitsMs).toEqual(waitsMs);
  });

  it('end after the last wait, and wait longer where the other side asks and the plan listens', () => {
    const { plans } = parsePolicy(files).retries;
    expect(nextWaitMs(plans.collection, 1)).toBe(500);
    expect(nextWaitMs(plans.collection, 5, 60)).toBe(8000);
    expect(nextWaitMs(plans.collection, 6)).toBeNull();
    expect(nextWaitMs(plans.delivery, 1, 60)).toBe(60_000);
    expect(nextWaitMs(plans.delivery, 1, 0)).toBe(2000);
  });

  it('wait for nobody who asks for more than their longest pause [REP-3]', () => {
    const { plans } = parsePolicy(files).retries;
    expect(nextWaitMs(plans.delivery, 1, 15 * 60)).toBe(900_000);
    expect(nextWaitMs(plans.delivery, 1, 15 * 60 + 1)).toBeNull();
    expect(nextWaitMs(plans.delivery, 1, 3 * 86_400)).toBeNull();
  });

  it('are part of the version, and a slip is named with its line [PHA-6]', () => {
    const edited = { ...files.retries, text: files.retries.text.replace('500ms', '600ms') };
    expect(parsePolicy({ ...files, retries: edited }).hash).not.toBe(parsePolicy(files).hash);
    const wrong = { ...files.retries, text: files.retries.text.replace('500ms', 'soon') };
    expect(() => parsePolicy({ ...files, retries: wrong })).toThrow(/retry-policy\.yaml:8/);
  });
});
