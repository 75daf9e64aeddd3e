import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { findPhase, parsePolicy } from '#lib/policy/index.ts';
import { demoTimeline } from './timeline.ts';

const NOW = new Date('2026-11-21T05:07:00Z');
const HOUR_MS = 3_600_000;
const read = (file: string) => ({ file, text: readFileSync(file, 'utf8') });
const { policy } = parsePolicy({
  policy: read('governance/policy.yaml'),
  events: read('governance/events.yaml'),
});

/** The phase a rollout stands in at the end of the sample, and the hours it has been there. */
function standing(rollout: string) {
  const step = demoTimeline(NOW).histories[rollout]?.at(-1);
  if (!step) throw new Error(`no history of ${rollout}`);
  const needed = findPhase(policy, rollout, step.phase)?.gates.flatMap((gate) =>
    gate.kind === 'met_for' ? [gate.durationSeconds / 3600] : [],
  )[0];
  return { phase: step.phase, hours: (NOW.getTime() - step.at.getTime()) / HOUR_MS, needed };
}

describe('the past the demo begins with', () => {
  it('leaves one rollout complete and the other on its way through the hours its phase needs', () => {
    const complete = standing('autosave');
    expect(complete.phase).toBe('B');
    expect(complete.hours).toBeGreaterThan((complete.needed ?? 0) + 1);
    const climbing = standing('autosave-merge');
    expect(climbing.phase).toBe('B-0');
    expect(climbing.hours).toBeLessThan((climbing.needed ?? 0) - 1);
  });

  it('says of every step that it is a sample', () => {
    const reasons = Object.values(demoTimeline(NOW).histories).flatMap((steps) => steps.map((s) => s.reason));
    expect(reasons.every((reason) => reason.startsWith('sample: '))).toBe(true);
  });

  it('never moves two phases at once', () => {
    for (const [rollout, steps] of Object.entries(demoTimeline(NOW).histories)) {
      const order = policy.rollouts[rollout]?.phases.map(({ id }) => id) ?? [];
      for (const [index, step] of steps.entries()) {
        const before = steps[index - 1];
        if (before) expect(Math.abs(order.indexOf(step.phase) - order.indexOf(before.phase))).toBe(1);
      }
    }
  });
});
