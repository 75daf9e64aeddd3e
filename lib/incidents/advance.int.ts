import { afterAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase, inTransaction } from '#lib/database/server.ts';
import { readAuditChain, verifyAuditChain } from '#lib/evidence/server.ts';
import { SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { enqueueMessage } from '#lib/outbox/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { demandRollback, rollBack } from '#lib/rollouts/server.ts';
import { climbed, confirm, demandInput, later, NOW, storeVerdict } from '#scripts/test/climbed-rollout.ts';
import { putRollout } from '#scripts/test/database.ts';
import {
  advanceIncidents,
  closeIncident,
  commentOnStep,
  nameOwner,
  openIncident,
  readIncidentDetail,
  rolloutsWithActiveRollback,
  shareRca,
} from './server.ts';

const ACTOR = { id: 'p', name: 'On-call' };
let incidentId: string;
let ownerId: string;

// A database for each: steps of a rollout are append-only.
beforeEach(async () => {
  await disconnectDatabase();
  await climbed();
  const owner = await database().user.create({ data: { email: 'owner@example.org', name: 'Owner' } });
  ownerId = owner.id;
});
afterAll(disconnectDatabase);

/** A violation of C that on-call is asked about: incident, request and alert, as a decision leaves them. */
async function violated(change: { requestTo?: string } = {}): Promise<string> {
  const verdictId = await storeVerdict({ required: true });
  const { policy } = await loadPolicy();
  const input = await demandInput({ rollback: { mode: 'on_call', decideWithinSeconds: 900 } });
  const requestId = await inTransaction(async (tx) => {
    const incident = await openIncident(tx, {
      rolloutId: 'autosave',
      phase: 'C',
      cause: 'slo_violation',
      severity: 'major',
      verdictId,
      details: { metrics: ['autosave_p95'] },
      actor: SYSTEM_ACTOR,
      at: NOW,
    });
    incidentId = incident.id;
    const demanded = await demandRollback(tx, {
      ...input,
      demand: { ...input.demand, toPhase: change.requestTo ?? 'B' },
    });
    if (!('request' in demanded)) throw new Error(`the rollback was not demanded: ${demanded.outcome}`);
    await enqueueMessage(tx, policy, {
      dedupKey: `autosave-incident:${demanded.request.id}`,
      cause: { kind: 'autosave-incident', incidentId, requestId: demanded.request.id },
      rolloutId: 'autosave',
      phase: 'C',
      incidentId,
      at: NOW,
    });
    return demanded.request.id;
  });
  return requestId;
}

async function delivered(sink: string, at = later(30)): Promise<void> {
  const { count } = await database().delivery.updateMany({
    where: { sink },
    data: { state: 'delivered', endedAt: at },
  });
  expect(count).toBe(1);
}

async function drafted(): Promise<void> {
  await database().reportFile.create({
    data: {
      path: 'reports/rca/Incident-001-2026-11-24.md',
      kind: 'rca',
      content: 'x',
      sha256: 'x',
      incidentId,
      createdAt: later(60),
      updatedAt: later(60),
    },
  });
}

const advance = async (seconds: number) => {
  const round = await advanceIncidents(later(seconds));
  expect(round.failures).toEqual([]);
  return round.steps.map(({ step }) => step);
};
const own = (seconds: number) => nameOwner({ incidentId, ownerId, actor: ACTOR, now: later(seconds) });
const stepStates = async (seconds: number) =>
  Object.fromEntries(
    (await readIncidentDetail(incidentId, later(seconds))).steps.map(({ step, state }) => [step, state]),
  );
const prove = () =>
  database().phaseChange.updateMany({
    where: { kind: 'rollback' },
    data: { proof: 'proven', provenAt: later(125) },
  });
const reminders = () =>
  database().message.findMany({ where: { kind: 'step-overdue' }, orderBy: { seq: 'asc' } });

describe('the steps of an incident', () => {
  it('are done in their order as what they ask for comes true, with who, when and evidence [INC-1] [INC-2]', async () => {
    const requestId = await violated();
    expect(await advance(10)).toEqual([]);
    await delivered('slack');
    expect(await advance(60)).toEqual(['received']);
    expect(await advance(61)).toEqual([]);

    const { outcome } = await rollBack({ ...confirm, now: later(120) });
    expect(outcome).toBe('rolled_back');
    expect(await advance(121)).toEqual(['escalation']);
    await prove();
    expect(await advance(130)).toEqual(['rollback']);

    await drafted();
    expect(await advance(180)).toEqual([]);
    await own(200);
    expect(await advance(240)).toEqual(['rca']);
    expect(await advance(300)).toEqual([]); // the closing is a person's word
    expect(await stepStates(300)).toEqual({
      received: 'done',
      escalation: 'done',
      rollback: 'done',
      rca: 'done',
      closure: 'open',
    });

    const rows = await database().incidentStep.findMany({ orderBy: { position: 'asc' } });
    const change = await database().phaseChange.findFirstOrThrow({ where: { kind: 'rollback' } });
    expect(rows.map(({ step, doneByName, evidence }) => [step, doneByName, evidence])).toEqual([
      ['received', 'Phasegate', { messages: [expect.any(String)] }],
      ['escalation', 'On-call', { request: requestId, decision: 'executed', pagerduty: 'not_called' }],
      ['rollback', 'On-call', { change: change.id, exit_code: null }],
      ['rca', 'Owner', { files: ['reports/rca/Incident-001-2026-11-24.md'], owner: 'Owner' }],
      ['closure', null, {}],
    ]);
    expect(rows.map(({ doneAt }) => doneAt?.toISOString() ?? null)).toEqual([
      later(60).toISOString(),
      later(121).toISOString(),
      later(130).toISOString(),
      later(240).toISOString(),
      null,
    ]);
    const steps = (await readAuditChain()).filter(
      ({ action, subject }) => action === 'incident.step_done' && subject === `incident:${incidentId}`,
    );
    expect(steps.map(({ reason }) => reason)).toEqual(['received', 'escalation', 'rollback', 'rca']);
    expect(await verifyAuditChain()).toBeNull();
  });

  it('cannot be skipped: an owner and a draft complete nothing while the rollback waits [INC-2]', async () => {
    await violated();
    await delivered('slack');
    await drafted();
    await own(30);
    expect(await advance(60)).toEqual(['received']);
    expect(await advance(120)).toEqual([]);
    const { notClosable } = await readIncidentDetail(incidentId, later(120));
    expect(notClosable).toEqual({ steps: ['escalation', 'rollback', 'rca'], checks: ['slo_green'] });
  });

  it('count the program’s own log as nobody, and the word of a person as received [INC-1] [REP-3]', async () => {
    await violated();
    await database().delivery.updateMany({ data: { state: 'failed', endedAt: later(30) } });
    const message = await database().message.findFirstOrThrow({ where: { kind: 'autosave-incident' } });
    await database().delivery.create({
      data: {
        messageId: message.id,
        position: 9,
        channel: 'log',
        sink: 'log',
        state: 'delivered',
        endedAt: later(31),
      },
    });
    expect(await advance(60)).toEqual([]);
    const said = { incidentId, step: 'received' as const, comment: 'seen on the page', actor: ACTOR };
    const detail = await commentOnStep({ ...said, now: later(90) });
    expect(detail.steps[0]).toMatchObject({ comment: 'seen on the page', state: 'open' });
    expect(await advance(120)).toEqual(['received']);
  });

  it('hold an alert that names another phase to go back to than its verdict [INC-1]', async () => {
    await violated({ requestTo: 'A' });
    await delivered('slack');
    expect(await advance(60)).toEqual([]);
    const { steps } = await readIncidentDetail(incidentId, later(60));
    expect(steps[0]?.checks).toEqual([
      { check: 'alert_delivered', state: 'yes', holds: true },
      { check: 'alert_matches', state: 'no', holds: true },
    ]);
  });

  it('log the exit code 0 of the command that stepped back [INC-1] [ROL-2]', async () => {
    await violated();
    await delivered('slack');
    await rollBack({ ...confirm, trigger: 'cli', now: later(120) });
    await prove();
    expect(await advance(130)).toEqual(['received', 'escalation', 'rollback']);
    const step = await database().incidentStep.findFirstOrThrow({ where: { step: 'rollback' } });
    expect(step.evidence).toMatchObject({ exit_code: 0 });
    const { steps } = await readIncidentDetail(incidentId, later(130));
    expect(steps[2]?.checks).toContainEqual({ check: 'exit_code_zero', state: 'yes', holds: true });
  });

  it('are completed once by processes that look at the same time [INC-2]', async () => {
    await violated();
    await delivered('slack');
    const rounds = await Promise.all(Array.from({ length: 6 }, () => advanceIncidents(later(60))));
    expect(rounds.flatMap(({ steps }) => steps)).toEqual([{ incidentId, step: 'received' }]);
    expect(rounds.flatMap(({ failures }) => failures)).toEqual([]);
    const told = await database().incidentEvent.findMany({ where: { kind: 'step_done' } });
    expect(told).toHaveLength(1);
  });
});

describe('an overdue step', () => {
  it('is told of when its deadline passes, and once per period while it holds the others [INC-2]', async () => {
    await violated();
    await advance(300);
    expect(await reminders()).toEqual([]);
    await Promise.all(Array.from({ length: 5 }, () => advanceIncidents(later(301))));
    await advance(360);
    expect((await reminders()).map(({ values }) => values)).toEqual([{ incidentId, step: 'received' }]);
    await advance(300 + 900 + 1); // the next period of the first; the deadline of the decision has passed, too
    expect((await reminders()).map(({ values }) => (values as { step: string }).step)).toEqual([
      'received',
      'received',
      'escalation',
    ]);
    await advance(300 + 1800 + 1);
    const told = (await reminders()).map(({ values }) => (values as { step: string }).step);
    expect(told).toEqual(['received', 'received', 'escalation', 'received', 'rollback']);
    expect(await stepStates(2101)).toMatchObject({
      received: 'overdue',
      escalation: 'overdue',
      rca: 'waiting',
    });
    const channels = await database().delivery.findMany({ where: { message: { kind: 'step-overdue' } } });
    expect(new Set(channels.map(({ sink }) => sink))).toEqual(new Set(['slack', 'pagerduty']));
  });
});

describe('the timeline of an incident', () => {
  it('tells verdicts, messages, people and commands, each once however often it is looked at [INC-2]', async () => {
    await violated();
    await delivered('slack');
    await rollBack({ ...confirm, now: later(120) });
    await prove();
    await own(200);
    for (const seconds of [210, 211]) await advance(seconds);
    await Promise.all([advanceIncidents(later(212)), advanceIncidents(later(212))]);
    const { timeline } = await readIncidentDetail(incidentId, later(300));
    // The verdict's row has the clock of the database; everything else that of the test.
    expect(
      timeline.filter(({ kind }) => kind !== 'verdict').map(({ kind, actorName }) => `${kind} ${actorName}`),
    ).toEqual([
      'opened Phasegate',
      'request Phasegate',
      'message Phasegate',
      expect.stringMatching(/^(change|decision) On-call$/),
      expect.stringMatching(/^(change|decision) On-call$/),
      'proof Phasegate',
      'owner On-call',
      'step_done Phasegate',
      'step_done On-call',
      'step_done On-call',
    ]);
    expect(timeline.filter(({ kind }) => kind === 'verdict').map(({ details }) => details.verdict)).toEqual([
      'violation',
    ]);
  });
});

describe('people at an incident', () => {
  it('name an owner who can sign in, once, until it is closed [INC-1]', async () => {
    await violated();
    const unknown = { incidentId, ownerId: '01a1fe5e-d199-722a-affb-6a0a6b820303', actor: ACTOR, now: NOW };
    await expect(nameOwner(unknown)).rejects.toMatchObject({ reason: 'owner_unknown' });
    expect((await own(10)).owner).toEqual({ id: ownerId, name: 'Owner' });
    await own(20);
    expect(await database().incidentEvent.count({ where: { kind: 'owner' } })).toBe(1);
    await database().incident.update({ where: { id: incidentId }, data: { state: 'closed', closedAt: NOW } });
    await expect(own(30)).rejects.toMatchObject({ reason: 'incident_closed' });
    expect(await database().message.count({ where: { kind: 'owner-named', incidentId } })).toBe(1);
  });

  it('close it once every step is done and the SLO was met in the windows of the policy [INC-1] [INC-2]', async () => {
    await violated();
    await delivered('slack');
    await rollBack({ ...confirm, now: later(120) });
    await prove();
    await putRollout({ where: { id: 'autosave' }, data: { state: 'watching' } });
    for (const [index, sloMet] of [true, null, true].entries())
      await database().verdict.create({ data: windowOf(index, sloMet) });
    const close = (now: Date) => closeIncident({ incidentId, reason: 'over', actor: ACTOR, now });
    await expect(close(later(4000))).rejects.toMatchObject({
      reason: 'steps_open',
      issues: [
        { field: 'steps', message: 'rca' },
        { field: 'checks', message: 'rca_drafted' },
        { field: 'checks', message: 'owner_named' },
      ],
    });
    await drafted();
    await own(4010);
    expect((await close(later(4020))).outcome).toBe('closed');
    expect((await close(later(4030))).outcome).toBe('already_closed');
    const closing = await database().incidentStep.findFirstOrThrow({ where: { step: 'closure' } });
    expect(closing).toMatchObject({
      doneAt: later(4020),
      doneByName: 'On-call',
      comment: 'over',
      evidence: { green_windows: 2 },
    });
    const told = await database().message.findMany({ where: { kind: 'incident-closed' } });
    expect(told).toHaveLength(1);
    const { timeline } = await readIncidentDetail(incidentId, later(4030));
    expect(timeline.at(-1)).toMatchObject({ kind: 'closed', actorName: 'On-call' });
  });
});

describe('rollback_active', () => {
  it('is said while an incident is open and for one cycle after it was closed [INC-3]', async () => {
    const active = async (seconds: number) => [...(await rolloutsWithActiveRollback(900, later(seconds)))];
    expect(await active(0)).toEqual([]);
    await violated();
    expect(await active(5)).toEqual(['autosave']);
    await database().incident.update({
      where: { id: incidentId },
      data: { state: 'closed', closedAt: later(100) },
    });
    expect(await active(999)).toEqual(['autosave']);
    expect(await active(1000)).toEqual([]);
  });
});

it('has its RCA due at the end of the next Japanese business day [ROL-6]', async () => {
  await violated();
  await advance(10);
  const { rcaDueAt } = await readIncidentDetail(incidentId, later(10));
  expect(rcaDueAt).toBe('2026-11-25T09:00:00.000Z'); // Wednesday, 18:00 in Tokyo
  await database().incident.update({
    where: { id: incidentId },
    // Saturday, before Labor Thanksgiving Day on Monday.
    data: { rcaDueAt: null, openedAt: new Date('2026-11-21T09:03:00Z') },
  });
  await advance(20);
  expect((await readIncidentDetail(incidentId, later(20))).rcaDueAt).toBe('2026-11-24T09:00:00.000Z');
});

it('is due again from when the incident came again: nobody is late for what began just now [ROL-6]', async () => {
  await violated();
  await advance(10);
  const reopened = new Date('2026-11-26T03:00:00.000Z');
  await database().incident.update({
    where: { id: incidentId },
    data: { state: 'closed', closedAt: new Date(reopened.getTime() - 60_000) },
  });
  await inTransaction((tx) =>
    openIncident(tx, {
      rolloutId: 'autosave',
      phase: 'C',
      cause: 'slo_violation',
      severity: 'major',
      details: {},
      actor: SYSTEM_ACTOR,
      at: reopened,
    }),
  );
  const round = await advanceIncidents(new Date(reopened.getTime() + 60_000));
  expect(round).toMatchObject({ rcaReminders: [], failures: [] });
  // Thursday's incident: Friday, 18:00 in Tokyo.
  expect((await readIncidentDetail(incidentId, reopened)).rcaDueAt).toBe('2026-11-27T09:00:00.000Z');
});

function windowOf(index: number, sloMet: boolean | null) {
  const windowStart = later(900 * (index + 1));
  return {
    rolloutId: 'autosave',
    phase: 'B',
    windowStart,
    windowEnd: new Date(windowStart.getTime() + 900_000),
    revision: 1,
    verdict: sloMet === null ? 'insufficient_data' : 'pass',
    sloMet,
    breach: false,
    rollbackRequired: false,
    notifyLevel: 'none',
    retryableFailures: 0n,
    policyHash: 'p',
    inputHash: 'x',
    metrics: [],
  };
}

describe('the RCA of an incident', () => {
  const told = (kind: string) =>
    database().message.findMany({ where: { kind }, orderBy: { seq: 'asc' }, include: { deliveries: true } });
  const url = 'https://wiki.example.org/rca/1';

  it('is asked for on its day, once, and again when it is overdue, in the thread and nowhere louder [ROL-6]', async () => {
    await violated();
    await advanceIncidents(NOW);
    const { rcaDueAt } = await database().incident.findUniqueOrThrow({ where: { id: incidentId } });
    const hoursBefore = (hours: number) => new Date((rcaDueAt?.getTime() ?? 0) - hours * 3600_000);
    expect((await advanceIncidents(hoursBefore(10))).rcaReminders).toEqual([]);
    const rounds = await Promise.all([1, 2, 3].map(() => advanceIncidents(hoursBefore(9))));
    expect(rounds.flatMap(({ rcaReminders }) => rcaReminders)).toEqual([incidentId]);
    expect((await advanceIncidents(hoursBefore(0))).rcaReminders).toEqual([incidentId]);
    const reminders = await told('rca-due');
    expect(reminders.map(({ incidentId: of }) => of)).toEqual([incidentId, incidentId]);
    expect(reminders[0]?.deliveries.map(({ sink }) => sink)).toEqual(['slack']);
  });

  it('of one that cannot be reminded of is named as a failure, and stops no other [ROL-6] [INC-1]', async () => {
    await violated();
    await advanceIncidents(NOW);
    const { rcaDueAt } = await database().incident.findUniqueOrThrow({ where: { id: incidentId } });
    if (!rcaDueAt) throw new Error('no RCA is owed');
    const other = await database().incident.create({
      data: {
        rolloutId: 'autosave-merge',
        phase: 'B',
        cause: 'slo_violation',
        severity: 'major',
        state: 'closed',
        openedAt: NOW,
        closedAt: later(60),
        rcaDueAt,
      },
    });
    await database().$executeRawUnsafe(
      `CREATE FUNCTION refuse_message() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RAISE EXCEPTION ''no room''; END'`,
    );
    await database().$executeRawUnsafe(
      `CREATE TRIGGER refuse_message BEFORE INSERT ON message FOR EACH ROW
       WHEN (NEW.incident_id = '${incidentId}' AND NEW.kind = 'rca-due') EXECUTE FUNCTION refuse_message()`,
    );
    try {
      const round = await advanceIncidents(rcaDueAt);
      expect(round.rcaReminders).toEqual([other.id]);
      expect(round.failures).toEqual([{ incidentId, error: expect.stringContaining('no room') }]);
    } finally {
      await database().$executeRawUnsafe('DROP FUNCTION refuse_message CASCADE');
    }
    expect((await advanceIncidents(rcaDueAt)).rcaReminders).toEqual([incidentId]);
  });

  it('is shared with who, when and where, also after the closing; then nobody is reminded [ROL-6]', async () => {
    await violated();
    await advanceIncidents(NOW);
    await database().incident.update({
      where: { id: incidentId },
      data: { state: 'closed', closedAt: later(60) },
    });
    const asked = { incidentId, url, actor: ACTOR, now: later(120) };
    expect((await shareRca({ ...asked, dryRun: true })).rcaShared).toBeNull();
    const detail = await shareRca(asked);
    expect(detail.rcaShared).toEqual({ at: later(120).toISOString(), byName: 'On-call', url });
    await shareRca({ ...asked, now: later(180) });
    expect(detail.timeline.at(-1)).toMatchObject({
      kind: 'rca_shared',
      actorName: 'On-call',
      details: { url },
    });
    expect(detail.steps.at(-1)?.checks.at(-1)).toEqual({ check: 'rca_shared', state: 'yes', holds: false });
    const [message, ...more] = await told('rca-shared');
    expect(more).toEqual([]);
    expect(message?.deliveries.map(({ sink }) => sink).sort()).toEqual(['issue', 'slack']);
    expect(await database().auditEntry.count({ where: { action: 'incident.rca_shared' } })).toBe(1);
    expect((await advanceIncidents(new Date(detail.rcaDueAt ?? 0))).rcaReminders).toEqual([]);
  });

  it('is corrected by another link, and keeps when it was shared first [ROL-6]', async () => {
    await violated();
    await shareRca({ incidentId, url, actor: ACTOR, now: later(1) });
    const corrected = await shareRca({ incidentId, url: `${url}0`, actor: ACTOR, now: later(2) });
    expect(corrected.rcaShared).toMatchObject({ at: later(1).toISOString(), url: `${url}0` });
  });
});

describe('a minor incident', () => {
  const minor = (verdictId: string) =>
    inTransaction((tx) =>
      openIncident(tx, {
        rolloutId: 'autosave',
        phase: 'C',
        cause: 'slo_violation',
        severity: 'minor',
        verdictId,
        details: {},
        actor: SYSTEM_ACTOR,
        at: NOW,
      }),
    );

  it('calls nobody: its reminders are no louder than a warning [INC-2] [REP-1]', async () => {
    await minor(await storeVerdict({ required: false }));
    await advance(301);
    const [reminder] = await database().message.findMany({
      where: { kind: 'step-overdue' },
      include: { deliveries: true },
    });
    expect(reminder?.level).toBe('warning');
    expect(reminder?.deliveries.map(({ sink }) => sink)).not.toContain('pagerduty');
  });

  it('is received with the warning that told its violation, also where that was written first [INC-1]', async () => {
    const verdictId = await storeVerdict({ required: false });
    const { policy } = await loadPolicy();
    await inTransaction((tx) =>
      enqueueMessage(tx, policy, {
        dedupKey: 'autosave-warn:before',
        cause: { kind: 'autosave-warn', verdictId },
        rolloutId: 'autosave',
        phase: 'C',
        severity: 'major', // phase C tells warnings nobody else
        at: NOW,
      }),
    );
    const { id } = await minor(verdictId);
    await database().delivery.updateMany({ where: { sink: 'slack' }, data: { state: 'delivered' } });
    await advance(10);
    expect((await readIncidentDetail(id, later(10))).steps[0]?.state).toBe('done');
  });
});
