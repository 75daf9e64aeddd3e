import { expect, it } from 'vitest';
import { keysToReload } from './live-topics.ts';

it('reloads what a notice is about: one rollout when it is named, all when it is not [DASH-7]', () => {
  expect(keysToReload({ topic: 'verdict', rolloutId: 'autosave' })).toEqual([
    ['overview'],
    ['rollouts', 'autosave'],
    ['slo', 'autosave'],
  ]);
  expect(keysToReload({ topic: 'rollout' })).toEqual([['overview'], ['rollouts'], ['slo']]);
  expect(keysToReload({ topic: 'quarantine' })).toEqual([['overview'], ['quarantine']]);
  expect(keysToReload({ topic: 'stop' })).toEqual([['overview'], ['rollouts'], ['stops']]);
  expect(keysToReload({ topic: 'incident', rolloutId: 'autosave' })).toEqual([
    ['overview'],
    ['rollouts', 'autosave'],
    ['incidents'],
    ['slo', 'autosave'],
  ]);
  expect(keysToReload({ topic: 'delivery' })).toEqual([['deliveries'], ['incidents']]);
  expect(keysToReload({ topic: 'policy' })).toEqual([['overview'], ['rollouts'], ['policy']]);
  expect(keysToReload({ topic: 'people' })).toEqual([['overview'], ['rollouts'], ['stops'], ['incidents']]);
  expect(keysToReload({ topic: 'jobs' })).toEqual([['jobs']]);
});
