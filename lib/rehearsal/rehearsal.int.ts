import { readFile } from 'node:fs/promises';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { MessageCauseSchema } from '#lib/outbox/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { climbed } from '#scripts/test/climbed-rollout.ts';
import { telemetryRoot } from '#scripts/test/telemetry-root.ts';
import { playBreach } from './play-breach.run.ts';
import { type RehearseCommand, rehearse } from './server.ts';
import { whyNotNow } from './why-not-now.ts';

const NOW = new Date('2026-11-24T03:04:00.000Z');
const SRE = { id: 'user:sre', name: 'Sato' };
const ask: RehearseCommand = {
  rolloutId: 'autosave',
  breach: true,
  deliver: false,
  actor: SRE,
  trigger: 'button',
  now: NOW,
};
let files: Awaited<ReturnType<typeof telemetryRoot>>;

beforeAll(async () => {
  await climbed();
  files = await telemetryRoot();
});
afterAll(async () => {
  await disconnectDatabase();
  await files.remove();
});

/** Everything that is real of rollouts, verdicts and telemetry. */
async function reality() {
  const db = database();
  return {
    rollouts: await db.rollout.findMany({ orderBy: { id: 'asc' } }),
    flags: await db.flagState.findMany({ orderBy: [{ rolloutId: 'asc' }, { flagKey: 'asc' }] }),
    changes: await db.phaseChange.count(),
    verdicts: await db.verdict.count(),
    decisions: await db.rolloutDecision.count(),
    requests: await db.rollbackRequest.count(),
    incidents: await db.incident.count(),
    reviews: await db.review.count(),
    telemetry: await db.telemetryWindow.count(),
    batches: await db.telemetryBatch.count(),
    cycles: await db.cycle.count(),
  };
}

describe('a rehearsal', () => {
  let before: Awaited<ReturnType<typeof reality>>;
  beforeEach(async () => {
    before = await reality();
  });

  it('plays a breach from telemetry to messages and changes nothing real [ROL-8] [COL-7]', async () => {
    const played = await rehearse(ask);
    expect(await reality()).toEqual(before);
    expect(played).toMatchObject({
      dryRun: true,
      phase: 'C',
      window: { start: '2026-11-24T02:45:00.000Z', end: '2026-11-24T03:00:00.000Z' },
      verdict: { verdict: 'violation', rollbackRequired: true },
      decision: 'roll_back',
      demand: { toPhase: 'B' },
      rollback: { outcome: 'would_roll_back', from: 'C', to: 'B' },
      late: [],
      delivered: false,
      path: 'docs/rehearsal/2026-11-24-autosave.md',
    });
    expect(played.fired.map(({ kind }) => kind)).toEqual([
      'autosave-incident',
      'rollback',
      'autosave-rollback',
      'incident-closed',
    ]);
    expect(played.messages.map(({ kind, channel }) => `${kind} ${channel}`)).toContain(
      'autosave-incident incident-autosave',
    );
    for (const { text, problem } of played.messages) {
      expect(problem).toBeNull();
      expect(text).toContain('[dry_run=true]');
    }
    expect(played.messages[0]?.text).toContain('Incident-000');
    expect(await database().message.count()).toBe(0);
  });

  it('leaves a report as row and file, and an audit row tagged dry_run [ROL-8] [REP-5]', async () => {
    const { path, id } = await rehearse(ask);
    expect(path).toBe('docs/rehearsal/2026-11-24-autosave.2.md');
    const row = await database().reportFile.findUniqueOrThrow({ where: { path } });
    expect(row).toMatchObject({ kind: 'rehearsal', dryRun: true, rolloutId: 'autosave' });
    expect(row.content).toContain('dry_run=true');
    expect(await readFile(files.at(path), 'utf8')).toBe(row.content);
    const audit = await database().auditEntry.findFirstOrThrow({
      where: { action: 'rollout.rehearsed' },
      orderBy: { seq: 'desc' },
    });
    expect(audit).toMatchObject({ actorName: 'Sato', details: { dry_run: true, rehearsal: id, path } });
  });

  it('says what a late collection makes late and whom it is told to [ROL-8] [TEL-7] [COL-4]', async () => {
    const inTime = await rehearse({ ...ask, latency: 180 });
    expect(inTime.late).toEqual([]);
    expect(inTime.fired.map(({ kind }) => kind)).not.toContain('collector-delayed');
    const late = await rehearse({ ...ask, breach: false, latency: 600 });
    expect(late.simulated).toMatchObject({ metric: null, latencySeconds: 600 });
    expect(late.late).toEqual(['collect']);
    expect(late.fired.map(({ kind }) => kind)).toContain('collector-delayed');
    expect(await reality()).toEqual(before);
  });

  it('breaks every objective of every phase, also those that need days of it [ROL-8] [COL-7]', async () => {
    const loaded = await loadPolicy();
    const windowEnd = new Date('2026-11-24T03:00:00.000Z');
    const unbroken: string[] = [];
    let broken = 0;
    for (const [rolloutId, { phases }] of Object.entries(loaded.policy.rollouts))
      for (const { id: phase, objectives } of phases)
        for (const { metric, shadow } of objectives) {
          if (shadow) continue;
          const ask = { rolloutId, phase, windowEnd, breach: true, metric, latencySeconds: null };
          const { verdict } = await playBreach(loaded, ask);
          if (verdict.metrics.find((each) => each.metric === metric)?.verdict === 'violation') broken += 1;
          else unbroken.push(`${rolloutId} ${phase} ${metric}`);
        }
    expect(broken).toBeGreaterThan(10);
    // A difference to a baseline cannot be judged where no earlier phase has telemetry.
    expect(unbroken.filter((name) => !name.endsWith(' crash_rate_delta'))).toEqual([]);
    expect(await reality()).toEqual(before);
  });

  it('asks for a rollback only where the objective does, and names what it cannot break [ROL-8]', async () => {
    const { policy } = await loadPolicy();
    const phase = policy.rollouts.autosave?.phases.find(({ id }) => id === 'C');
    for (const { metric, onViolation, shadow } of phase?.objectives ?? []) {
      if (shadow) continue;
      const { demand } = await rehearse({ ...ask, metric });
      expect([metric, demand !== null]).toEqual([metric, onViolation === 'roll_back']);
    }
    await expect(rehearse({ ...ask, metric: 'nothing' })).rejects.toMatchObject({
      reason: 'nothing_to_break',
    });
  });

  it('sends its messages marked and in order when it is asked to, never with a button [ROL-8] [REP-3]', async () => {
    const { id, messages } = await rehearse({ ...ask, deliver: true });
    const sent = await database().message.findMany({
      orderBy: { seq: 'asc' },
      include: { deliveries: { orderBy: { position: 'asc' } } },
    });
    expect(sent.map(({ kind }) => kind)).toEqual([
      'autosave-incident',
      'rollback',
      'autosave-rollback',
      'incident-closed',
    ]);
    expect(sent.every(({ dryRun, incidentId }) => dryRun && incidentId === null)).toBe(true);
    expect(
      sent.flatMap(({ kind, deliveries }) => deliveries.map(({ channel }) => `${kind} ${channel}`)),
    ).toEqual(messages.map(({ kind, channel }) => `${kind} ${channel}`));
    const causes = sent.map(({ kind, values }) => MessageCauseSchema.parse({ kind, ...Object(values) }));
    expect(causes[0]).toEqual({ kind: 'autosave-incident', incidentId: id, requestId: null });
    expect(await reality()).toEqual(before);
  });

  it.each([
    ['rollback_open', 'running', true, true],
    ['incident_open', 'running', false, true],
    ['halted', 'halted', false, false],
    ['not_started', 'preparing', false, false],
    ['step_unproven', 'rolling_back', false, false],
  ] as const)(
    'is refused as %s while that is so [ROL-8]',
    async (reason, state, rollbackOpen, incidentOpen) => {
      expect(whyNotNow({ state, rollbackOpen, incidentOpen })).toBe(reason);
    },
  );

  it('is refused while a real incident is open, and of a rollout that is not there [ROL-8]', async () => {
    await database().incident.create({
      data: {
        rolloutId: 'autosave',
        phase: 'C',
        cause: 'slo_violation',
        severity: 'major',
        state: 'open',
        openedAt: NOW,
        details: {},
      },
    });
    await expect(rehearse(ask)).rejects.toMatchObject({ code: 'CONFLICT', reason: 'incident_open' });
    await expect(rehearse({ ...ask, rolloutId: 'none' })).rejects.toMatchObject({ code: 'NOT_FOUND' });
  });
});
