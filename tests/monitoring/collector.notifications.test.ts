import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { climbedTo, run } from '#scripts/test/mission.ts';
import { telemetryRoot } from '#scripts/test/telemetry-root.ts';

// Seed 001 §7 item 2: what --simulate-breach hands to the Reporter fills templates/alerts/rollback.md for every channel.
let url = '';
let files: Awaited<ReturnType<typeof telemetryRoot>>;
beforeAll(async () => {
  ({ url } = await climbedTo('B-0', new Date()));
  files = await telemetryRoot();
});
afterAll(async () => {
  await disconnectDatabase();
  await files.remove();
});

const rehearse = (...args: string[]) =>
  run('scripts/rehearse.ts', ['--rollout', 'autosave-merge', ...args], {
    DATABASE_URL: url,
    TELEMETRY_ROOTS: files.root,
  });

type Played = { messages: { kind: string; channel: string; sink: string; text: string; problem: null }[] };

describe('rehearse --simulate-breach [PLAN-7]', () => {
  it('fills the Slack and PagerDuty sections of templates/alerts/rollback.md [REP-4] [ROL-8]', async () => {
    const { code, out, err } = await rehearse('--simulate-breach=merge_auto_success_rate');
    expect({ code, err }).toEqual({ code: 0, err: '' });
    const { messages }: Played = JSON.parse(out);
    expect(messages.filter(({ kind }) => kind === 'rollback').map(({ channel }) => channel)).toEqual([
      'merge-ops',
      'pagerduty-merge',
      'issue',
    ]);
    for (const { kind, sink, text, problem } of messages) {
      expect(problem).toBeNull();
      expect(text).not.toMatch(/\{\{|\}\}/);
      expect(text.startsWith('[dry_run=true] ')).toBe(true);
      if (sink !== 'issue') expect(text).toContain('Incident-000');
      if (kind !== 'rollback') continue;
      expect(text).toContain('B-0 → A-2');
      if (sink === 'pagerduty') continue;
      expect(text).toContain('npm run flags:rollback -- --rollout autosave-merge --phase A-2');
      expect(text).toContain('merge.precision=beta');
    }
  });

  it('prints one JSON object and tells nobody [ROL-8] [COL-7]', async () => {
    const { code, out } = await rehearse('--simulate-breach', '--simulate-latency=180s');
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      dry_run: true,
      phase: 'B-0',
      simulated: { latencySeconds: 180 },
      decision: 'roll_back',
      delivered: false,
    });
    expect(await database().message.count()).toBe(0);
    expect(await database().phaseChange.count({ where: { kind: 'rollback' } })).toBe(0);
  });

  it('refuses what makes no sense with one clear line [ROL-8]', async () => {
    expect(await rehearse('--simulate-breach=nothing')).toMatchObject({ code: 3, out: '' });
    expect(await rehearse('--simulate-latency=soon')).toMatchObject({ code: 2, out: '' });
  });
});
