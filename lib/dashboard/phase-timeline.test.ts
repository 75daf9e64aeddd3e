import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findPhase, parsePolicy, previousPhase } from '#lib/policy/index.ts';
import { phaseTimelineOf, rollbackOfferOf } from './phase-timeline.ts';

const read = (file: string) => ({ file, text: readFileSync(file, 'utf8') });
const { policy } = parsePolicy({
  policy: read('governance/policy.yaml'),
  events: read('governance/events.yaml'),
});

function offer(phaseId: string, mayRollBack = true) {
  const current = findPhase(policy, 'autosave-merge', phaseId);
  if (!current) throw new Error(`no phase ${phaseId}`);
  const previous = previousPhase(policy, 'autosave-merge', phaseId);
  return rollbackOfferOf({ policy, rolloutId: 'autosave-merge', current, previous, version: 4, mayRollBack });
}

describe('the phase timeline', () => {
  it('says what is behind, where we are and what comes next', () => {
    const phases = phaseTimelineOf(policy, 'autosave-merge', 'A-2', []);
    expect(phases.map(({ id, position }) => `${id} ${position}`)).toEqual([
      'A-0 past',
      'A-1 past',
      'A-2 current',
      'B-0 next',
      'B-1 later',
    ]);
  });

  it('shows the newest way into a phase, and none into a phase ahead', () => {
    const change = {
      fromPhase: 'A-1',
      trigger: 'button',
      reason: '',
      because: null,
      actorName: 'S',
      breakGlass: false,
      proof: 'proven' as const,
      provenAt: '2026-11-21T00:00:01Z',
      at: '2026-11-21T00:00:00Z',
    };
    const phases = phaseTimelineOf(policy, 'autosave-merge', 'A-2', [
      { ...change, id: 'new', kind: 'promotion', toPhase: 'A-2' },
      { ...change, id: 'tried', kind: 'promotion', toPhase: 'B-0' },
      { ...change, id: 'old', kind: 'promotion', toPhase: 'A-2' },
    ]);
    expect(phases.map(({ entered }) => entered?.id ?? null)).toEqual([null, null, 'new', null, null]);
  });
});

describe('what Roll back says before it is pressed [DASH-5]', () => {
  it('goes one phase back and lists each flag before and after, and who else controls it [ROL-1]', () => {
    expect(offer('B-0')).toMatchObject({
      fromPhase: 'B-0',
      toPhase: 'A-2',
      expectedVersion: 4,
      blockedBy: null,
      flagChanges: [
        { flagKey: 'autosave.enabled', before: true, after: true, alsoControlledBy: ['autosave'] },
        { flagKey: 'merge.precision', before: 'beta', after: 'legacy', alsoControlledBy: [] },
      ],
    });
  });

  it('is blocked where nothing is behind, and says which roles may press it otherwise', () => {
    expect(offer('A-0')).toMatchObject({ blockedBy: 'nothing_behind', toPhase: null, flagChanges: [] });
    const refused = offer('B-0', false);
    expect(refused.blockedBy).toBe('role');
    expect(refused.allowedRoles.map(({ en }) => en)).toContain('On-call');
  });
});
