import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import fc from 'fast-check';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { AppError } from '#lib/errors/index.ts';
import { readAuditChain, verifyAuditChain } from '#lib/evidence/server.ts';
import { closeIncident } from '#lib/incidents/server.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { withPolicy } from '#scripts/test/governance.ts';
import { listApprovals } from './approvals/approval.store.ts';
import { giveApproval } from './approvals/give-approval.run.ts';
import { withdrawApproval } from './approvals/withdraw-approval.run.ts';
import { restartRollout } from './climb.run.ts';
import { decideRollout } from './decision/decide.run.ts';
import type { Decision } from './decision/decision.schema.ts';
import { readStoredFlags } from './flag-state.store.ts';
import { composeConfiguration, evaluateKey } from './flags/configuration.ts';
import { bulkAnswer, flagAnswer } from './flags/ofrep.ts';
import {
  addPerson,
  addVerdict,
  collectedTo,
  forgetRollouts,
  type Person,
  shownDecision,
} from './people/ready-rollout.fixture.ts';
import { promote } from './promotion/promote.run.ts';
import { proveChanges } from './proof/prove.run.ts';
import { signReview } from './reviews/sign-review.run.ts';
import { enforceDeadlines } from './rollback/deadlines.run.ts';
import { declineRollback } from './rollback/decline-rollback.run.ts';
import { rollBack } from './rollback/rollback.run.ts';
import type { Rollout } from './rollout.schema.ts';
import { findRollout } from './rollout.store.ts';
import { signPanel } from './sign-offs/sign-panel.run.ts';
import { ensureRollouts } from './start.run.ts';
import { orderStop } from './stops/order-stop.run.ts';
import { releaseStop } from './stops/release-stop.run.ts';
import { KILL_WORD } from './stops/stop.schema.ts';
import { watchRollouts } from './watch/watch.run.ts';

/**
 * Random interleavings of everything that can happen to a rollout, over PostgreSQL, each command as production runs it,
 * what is served read back over HTTP. What must hold is looked up in the tables by rules written here, not by the rooms'.
 */
const ID = 'autosave';
const WINDOW_MS = 900_000;
const MINUTE_MS = 60_000;
const HOUR_MS = 3_600_000;
const START_MS = Date.parse('2026-11-20T00:00:00.000Z');
const PHASES = ['A', 'B', 'C'] as const;
const SHARES: Record<string, number> = { A: 0.05, B: 0.3, C: 1 };
/** The gates of the phases are made short, so that a climb fits into a few steps; their kinds stay. */
const NEEDED_WINDOWS: Record<string, number> = { A: 2, B: 3, C: 4 };
const SIGNERS: Record<string, number> = { A: 2, B: 1, C: 1 };

let restorePolicy: () => void = () => undefined;
let server: Server;
let people: Record<'sre' | 'sre2' | 'lead' | 'governance' | 'reviewer' | 'onCall', Person>;

beforeAll(async () => {
  restorePolicy = withPolicy(
    [
      '- { kind: windows_running, windows: 8 }\n          - { kind: signed_off, panels: [autosave], role: reviewer }',
      '- { kind: windows_running, windows: 2 }\n          - { kind: signed_off, panels: [autosave], role: reviewer }',
    ],
    [
      '- { kind: met_for, duration: 24h }\n          - { kind: no_incident, severity: major }',
      '- { kind: met_for, duration: 45m }\n          - { kind: no_incident, severity: major }',
    ],
    ['- { kind: met_for, duration: 72h }', '- { kind: met_for, duration: 1h }'],
  );
  server = createServer((request, response) => {
    const parts: Buffer[] = [];
    request.on('data', (part: Buffer) => parts.push(part));
    request.on('end', () => {
      void served().then((configuration) => {
        const { context } = JSON.parse(Buffer.concat(parts).toString()) as {
          context: { targetingKey: string };
        };
        const key = /flags\/(.+)$/.exec(request.url ?? '')?.[1];
        const evaluation = key ? evaluateKey(configuration, decodeURIComponent(key), context) : null;
        const body = evaluation
          ? flagAnswer(evaluation, configuration)
          : bulkAnswer(configuration, context, '/');
        response.setHeader('content-type', 'application/json').end(JSON.stringify(body));
      });
    });
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  process.env.PHASEGATE_URL = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  process.env.NEXTAUTH_SECRET = 'a secret of this test only, long enough to be taken';
  forgetEnv();
  await testDatabase();
  people = {
    sre: await addPerson('sre', ['sre']),
    sre2: await addPerson('sre2', ['sre']),
    lead: await addPerson('lead', ['dev_lead']),
    governance: await addPerson('governance', ['governance']),
    reviewer: await addPerson('reviewer', ['reviewer', 'governance']),
    onCall: await addPerson('on call', ['on_call']),
  };
});
afterAll(async () => {
  restorePolicy();
  server.close();
  await disconnectDatabase();
});

async function served() {
  const { policy } = await loadPolicy();
  const keys = Object.entries(policy.rollouts).map(
    ([id, { flagDefaults }]) => [id, Object.keys(flagDefaults)] as const,
  );
  return composeConfiguration({ policy, ...(await readStoredFlags(new Map(keys))) });
}

type Who = keyof typeof people;
type Command =
  | { do: 'windows'; letters: string }
  | { do: 'tick'; minutes: number }
  | { do: 'jump'; hours: -1 | 0 | 1 }
  | { do: 'word'; word: 'approve' | 'reject'; who: Who; stale: boolean }
  | { do: 'withdraw' | 'promote' | 'signReviews'; who: Who; stale: boolean }
  | { do: 'rollBack' | 'decline' | 'sign' | 'close' | 'restart' }
  | { do: 'kill' | 'freeze'; everything: boolean }
  | { do: 'release'; who: Who; kind: 'kill' | 'freeze' }
  | { do: 'together'; commands: Command[] }
  /** Everything people can do to let it climb, so that random runs get far, too; or where one alone signs, or despite stops. */
  | { do: 'climb'; alone?: Who; despite?: 'stops' }
  /** Users are worse off, and nobody decides before the deadline. */
  | { do: 'breach' };

const WHO = fc.constantFrom<Who>('sre', 'sre2', 'lead', 'governance', 'reviewer', 'onCall');
const plain = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('windows' as const),
      letters: fc.string({
        unit: fc.constantFrom('.', '.', '.', '.', '.', '-', 'u', 'v', ' '),
        minLength: 1,
        maxLength: 4,
      }),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('tick' as const), minutes: fc.constantFrom(1, 5, 16, 130, 1500) }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('jump' as const),
      hours: fc.constantFrom(-1 as const, 0 as const, 1 as const),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('word' as const),
      word: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
      who: WHO,
      stale: fc.boolean(),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'withdraw' as const,
        'promote' as const,
        'promote' as const,
        'signReviews' as const,
      ),
      who: WHO,
      stale: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constantFrom(
        'rollBack' as const,
        'decline' as const,
        'sign' as const,
        'close' as const,
        'restart' as const,
      ),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constantFrom('kill' as const, 'freeze' as const),
      everything: fc.boolean(),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      do: fc.constant('release' as const),
      who: WHO,
      kind: fc.constantFrom('kill' as const, 'freeze' as const),
    }),
  },
  { weight: 7, arbitrary: fc.record({ do: fc.constant('climb' as const) }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('climb' as const), alone: WHO }) },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constant('climb' as const), despite: fc.constant('stops' as const) }),
  },
  { weight: 3, arbitrary: fc.record({ do: fc.constant('breach' as const) }) },
);
const command: fc.Arbitrary<Command> = fc.oneof(
  { weight: 5, arbitrary: plain },
  {
    weight: 1,
    arbitrary: fc.record({
      do: fc.constant('together' as const),
      commands: fc.array(plain, { minLength: 2, maxLength: 4 }),
    }),
  },
);

/** What happened in one run, kept by the test itself. */
class World {
  /** Real time; windows close by it. The clock that Phasegate sees may be an hour off. */
  realMs = START_MS + 4 * HOUR_MS;
  skewMs = 0;
  windowEndMs = START_MS + 4 * HOUR_MS;
  /** What a person was shown some time ago. */
  stale: Decision | null = null;
  counts = { promotions: 0, rollbacks: 0, recoveries: 0, restarts: 0, refused: 0 };

  get now(): Date {
    return new Date(this.realMs + this.skewMs);
  }
}

async function rollout(): Promise<Rollout> {
  const found = await findRollout(ID);
  if (!found) throw new Error('autosave is gone');
  return found;
}

/** Runs what production runs; what it refuses is as good an end as what it does. Anything else fails the test. */
async function attempt(world: World, work: () => Promise<unknown>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (!(error instanceof AppError) || error.code === 'INTERNAL') throw error;
    world.counts.refused += 1;
  }
}

async function shown(world: World, stale: boolean): Promise<Decision> {
  const fresh = await shownDecision(world.now);
  const seen = stale ? (world.stale ?? fresh) : fresh;
  world.stale = fresh;
  return seen;
}

async function tick(world: World): Promise<void> {
  await decideRollout(ID, 'tick', world.now);
  const { failures } = await enforceDeadlines(world.now);
  const proof = await proveChanges(world.now);
  const watch = await watchRollouts(world.now);
  expect([failures, proof.failures, watch.failures]).toEqual([[], [], []]);
}

async function run(world: World, command: Command): Promise<void> {
  const common = { rolloutId: ID, reason: 'random', trigger: 'api' as const };
  switch (command.do) {
    case 'windows':
      for (const letter of command.letters) await dealWindow(world, letter);
      return;
    case 'tick':
      world.realMs += command.minutes * MINUTE_MS;
      return tick(world);
    case 'jump':
      world.skewMs = command.hours * HOUR_MS;
      return;
    case 'word': {
      const seen = await shown(world, command.stale);
      return attempt(world, () =>
        giveApproval({
          ...common,
          choice: command.word,
          comment: 'random word',
          rolloutVersion: seen.rolloutVersion,
          policyHash: seen.policyHash,
          evidenceHash: seen.evidenceHash,
          actor: people[command.who],
          now: world.now,
        }),
      );
    }
    case 'withdraw': {
      const place = await rollout();
      const votes = await listApprovals(place);
      for (const vote of votes.filter(
        ({ personId, endedAt }) => personId === people[command.who].id && endedAt === null,
      ))
        await attempt(world, () =>
          withdrawApproval({ ...common, approvalId: vote.id, actor: people[command.who], now: world.now }),
        );
      return;
    }
    case 'promote': {
      const seen = await shown(world, command.stale);
      return attempt(world, () =>
        promote({
          ...common,
          fromPhase: seen.phase,
          expectedVersion: seen.rolloutVersion,
          evidenceHash: seen.evidenceHash,
          actor: people[command.who],
          now: world.now,
        }),
      );
    }
    case 'signReviews':
      for (const { id } of await database().review.findMany({ where: { closedAt: null } }))
        await attempt(world, () =>
          signReview({
            reviewId: id,
            comment: 'seen',
            trigger: 'api',
            actor: people[command.who],
            now: world.now,
          }),
        );
      return;
    case 'rollBack': {
      const { phase } = await rollout();
      return attempt(world, () =>
        rollBack({ ...common, fromPhase: phase, actor: people.onCall, now: world.now }),
      );
    }
    case 'decline':
      return attempt(world, () => declineRollback({ ...common, actor: people.onCall, now: world.now }));
    case 'sign':
      return signPanels(world);
    case 'close':
      for (const { id } of await database().incident.findMany({ where: { state: 'open' } }))
        await attempt(world, () =>
          closeIncident({ incidentId: id, reason: 'over', actor: people.onCall, now: world.now }),
        );
      return;
    case 'restart':
      return attempt(world, () => restartRollout({ ...common, actor: people.sre, now: world.now }));
    case 'kill':
    case 'freeze': {
      const scope = command.everything ? '*' : ID;
      const order = {
        ...common,
        scope,
        dryRun: false,
        actor: { ...people.sre, roles: ['sre'], scopes: [] },
        now: world.now,
      };
      return attempt(world, () =>
        orderStop(
          command.do === 'kill'
            ? { ...order, kind: 'kill', confirm: KILL_WORD }
            : { ...order, kind: 'freeze' },
        ),
      );
    }
    case 'release':
      return release(world, command.kind, command.who);
    case 'climb':
      return climb(world, command);
    case 'breach':
      await dealWindow(world, 'v');
      world.realMs += 16 * MINUTE_MS;
      return tick(world);
    case 'together': {
      const done = await Promise.allSettled(command.commands.map((each) => run(world, each)));
      // A press on the kill switch ends, on a busy machine, the connection of whoever is in its way.
      const failed = done.find(
        (each) =>
          each.status === 'rejected' && !/connection error|terminating connection/i.test(String(each.reason)),
      );
      if (failed?.status === 'rejected') throw failed.reason;
    }
  }
}

async function dealWindow(world: World, letter: string): Promise<void> {
  world.windowEndMs =
    Math.max(world.windowEndMs, Math.floor(world.realMs / WINDOW_MS) * WINDOW_MS) + WINDOW_MS;
  world.realMs = Math.max(world.realMs, world.windowEndMs + 2 * MINUTE_MS);
  const end = new Date(world.windowEndMs);
  const { phase } = await rollout();
  if (letter !== ' ') {
    await collectedOnce(end);
    const id = await addVerdict(phase, end, letter === '.');
    if (letter === '-' || letter === 'u')
      await database().verdict.update({
        where: { id },
        data:
          letter === '-'
            ? { verdict: 'insufficient_data', sloMet: null, rollbackRequired: false, breach: false }
            : { verdict: 'warn', rollbackRequired: false, breach: false },
      });
  }
  await decideRollout(ID, 'cycle', world.now);
}

async function collectedOnce(end: Date): Promise<void> {
  if ((await database().cycle.count({ where: { windowEnd: end } })) === 0) await collectedTo(end);
}

async function signPanels(world: World): Promise<void> {
  const facts = await shownDecision(world.now);
  const newest = await database().verdict.findFirst({
    where: { rolloutId: ID, phase: facts.phase, isLatest: true },
    orderBy: { windowStart: 'desc' },
  });
  for (const gate of facts.gates.filter(({ kind }) => kind === 'signed_off'))
    await attempt(world, () =>
      signPanel({
        rolloutId: ID,
        panel: String(gate.detail.panel),
        comment: 'lines and limits checked',
        link: 'https://example.org/minutes',
        rolloutVersion: facts.rolloutVersion,
        policyHash: facts.policyHash,
        verdictId: newest?.id ?? null,
        actor: people.reviewer,
        trigger: 'api',
        now: world.now,
      }),
    );
}

async function release(world: World, kind: 'kill' | 'freeze', who: Who): Promise<void> {
  const actor = { ...people[who], roles: [], scopes: [] };
  for (const { id } of await database().stopOrder.findMany({ where: { kind, endedAt: null } }))
    await attempt(world, () =>
      releaseStop({ stopId: id, reason: 'over', actor, trigger: 'api', now: world.now }),
    );
}

/** People doing all they can, in order, so that a rollout which may climb does; or one alone signs, or despite stops. */
async function climb(world: World, { alone, despite }: Extract<Command, { do: 'climb' }>): Promise<void> {
  world.skewMs = 0;
  if (despite === undefined)
    for (const who of ['sre', 'lead'] as const)
      for (const kind of ['kill', 'freeze'] as const) await release(world, kind, who);
  await tick(world);
  if ((await rollout()).state === 'watching') world.realMs += 130 * MINUTE_MS;
  for (let i = 0; i < 5; i += 1) await dealWindow(world, '.');
  await tick(world);
  const { state, nextCanaryAt } = await rollout();
  if (state === 'awaiting_canary' && nextCanaryAt)
    world.realMs = Math.max(world.realMs, Date.parse(nextCanaryAt));
  for (const who of ['lead', 'governance'] as const)
    await run(world, { do: 'signReviews', who, stale: false });
  for (const also of ['close', 'restart', 'sign'] as const) await run(world, { do: also });
  if (state === 'awaiting_canary') {
    await tick(world);
    for (let i = 0; i < 4; i += 1) await dealWindow(world, '.');
    await run(world, { do: 'sign' });
  }
  await decideRollout(ID, 'tick', world.now);
  for (const who of alone ? [alone] : (['sre', 'lead', 'governance'] as const))
    await run(world, { do: 'word', word: 'approve', who, stale: false });
  for (const who of [...(alone ? [alone] : []), 'sre2', 'reviewer'] as const)
    await run(world, { do: 'promote', who, stale: false });
  await tick(world);
}

type Before = {
  rollout: Rollout;
  steps: number;
  auditSeq: number;
  killed: boolean;
  frozen: boolean;
  openIncidents: number;
};

const inForce = (kind: string) =>
  database().stopOrder.count({ where: { kind, endedAt: null, scope: { in: ['*', ID] } } });

async function look(): Promise<Before> {
  const last = await database().auditEntry.findFirst({ orderBy: { seq: 'desc' }, select: { seq: true } });
  return {
    rollout: await rollout(),
    steps: await database().phaseChange.count({ where: { rolloutId: ID } }),
    auditSeq: Number(last?.seq ?? 0),
    killed: (await inForce('kill')) > 0,
    frozen: (await inForce('freeze')) > 0,
    openIncidents: await database().incident.count({ where: { rolloutId: ID, state: 'open' } }),
  };
}

/** Met windows in a row up to the newest verdict of this stay, by the table alone. */
async function metRun(phase: string, enteredAt: Date, upTo: Date): Promise<number> {
  const rows = await database().verdict.findMany({
    where: {
      rolloutId: ID,
      phase,
      isLatest: true,
      windowStart: { gte: enteredAt },
      createdAt: { lte: upTo },
    },
    orderBy: { windowStart: 'desc' },
  });
  let run = 0;
  let expectedEnd: number | null = null;
  for (const { sloMet, windowStart, windowEnd } of rows) {
    if (sloMet === false || (expectedEnd !== null && windowEnd.getTime() !== expectedEnd)) break;
    if (sloMet) run += 1;
    expectedEnd = windowStart.getTime();
  }
  return run;
}

/** Everything that must hold after each command, whatever came before. */
async function holds(world: World, before: Before, command: Command): Promise<void> {
  const after = await look();
  const { rollout: place } = after;
  const steps = await database().phaseChange.findMany({
    where: { rolloutId: ID },
    orderBy: [{ createdAt: 'asc' }, { rolloutVersion: 'asc' }],
  });
  const inOrder = [...steps].sort((a, b) => a.rolloutVersion - b.rolloutVersion);

  // Each step starts where the one before ended; back is one phase, on is one phase, a restart leads to the first.
  let phase: string | null = null;
  for (const step of inOrder.filter(({ kind }) => kind !== 'completion')) {
    const index = (id: string | null) => ([...PHASES] as string[]).indexOf(id ?? '');
    if (step.kind !== 'start') expect(step.fromPhase).toBe(phase);
    if (step.kind === 'rollback') expect(index(step.toPhase)).toBe(index(step.fromPhase) - 1);
    if (step.kind === 'promotion') expect(index(step.toPhase)).toBe(index(step.fromPhase) + 1);
    if (step.kind === 'restart') expect(step.toPhase).toBe('A');
    phase = step.toPhase;
  }
  expect(place.phase).toBe(phase);

  // Never an effect twice: every rise of the version is one step or one recovery.
  const moves = inOrder.filter(({ kind }) => kind !== 'completion').length;
  const audit = await database().auditEntry.findMany({
    where: { subject: `rollout:${ID}`, seq: { gt: BigInt(runBegan) } },
  });
  const recovered = audit.filter(({ action }) => action === 'rollout.recovered').length;
  expect(place.version).toBe(moves + recovered);
  expect(new Set(inOrder.map(({ decisionKey }) => decisionKey)).size).toBe(inOrder.length);

  // What is served is what the phase says.
  const flags = await database().flagState.findMany({ where: { rolloutId: ID } });
  expect(flags.map((flag) => [flag.flagKey, flag.phase, flag.value, flag.exposureRatio])).toEqual([
    ['autosave.enabled', place.phase, true, SHARES[place.phase]],
  ]);
  const configuration = await served();
  const raised = ['rolling_back', 'watching'].includes(
    place.state === 'halted' ? (place.resumeState ?? '') : place.state,
  );
  const lock = evaluateKey(configuration, 'autosave.lock', { targetingKey: 'somebody' });
  expect(lock?.value).toBe(raised ? 'readonly' : 'writable');

  // Halted while, and only while, a kill switch is pressed.
  expect(place.state === 'halted').toBe(after.killed);

  const fresh = steps.filter(({ id }) => !known.has(id));
  for (const step of fresh) known.add(step.id);
  // Only what was done one after the other, and lifted no stop itself, was held by what was in force before.
  const held = command.do !== 'together' && (command.do !== 'climb' || command.despite !== undefined);
  for (const step of fresh) {
    if (step.kind === 'rollback') world.counts.rollbacks += 1;
    if (step.kind === 'restart') world.counts.restarts += 1;
    const byItself = step.trigger === 'automatic' || step.trigger === 'deadline';
    if (held && (byItself || step.kind === 'promotion' || step.kind === 'restart'))
      expect([step.kind, before.killed]).toEqual([step.kind, false]);
    if (held && (step.kind === 'promotion' || step.kind === 'restart'))
      expect([step.kind, before.frozen]).toEqual([step.kind, false]);
    if (step.kind !== 'promotion' && step.kind !== 'completion') continue;
    world.counts.promotions += 1;
    await promotionWasRight(step, inOrder);
  }

  expect(
    await database().rollbackRequest.count({ where: { rolloutId: ID, state: 'open' } }),
  ).toBeLessThanOrEqual(1);
}

let runBegan = 0;
const known = new Set<string>();

type Step = {
  fromPhase: string | null;
  rolloutVersion: number;
  kind: string;
  createdAt: Date;
  evidenceHash: string | null;
  actorId: string;
};

/** A promotion that was made had every gate met, enough people, four eyes, and one evidence. */
async function promotionWasRight(
  step: Step,
  inOrder: readonly { kind: string; rolloutVersion: number; createdAt: Date }[],
) {
  const from = step.fromPhase ?? '';
  const versionBefore = step.kind === 'completion' ? step.rolloutVersion : step.rolloutVersion - 1;
  const entry = inOrder
    .filter(({ kind, rolloutVersion }) => kind !== 'completion' && rolloutVersion <= versionBefore)
    .at(-1);
  const run = await metRun(from, entry?.createdAt ?? new Date(0), new Date());
  expect([from, run >= (NEEDED_WINDOWS[from] ?? 99)]).toEqual([from, true]);
  const votes = await database().rolloutApproval.findMany({
    where: {
      rolloutId: ID,
      rolloutVersion: versionBefore,
      choice: 'approve',
      evidenceHash: step.evidenceHash ?? '',
    },
  });
  const voters = new Set(votes.map(({ personId }) => personId));
  expect(voters.size).toBeGreaterThanOrEqual(SIGNERS[from] ?? 9);
  expect(new Set([...voters, step.actorId]).size).toBeGreaterThanOrEqual(2);
  const noes = await database().rolloutApproval.findMany({
    where: { rolloutId: ID, rolloutVersion: versionBefore, choice: 'reject' },
  });
  expect(noes.filter(({ endReason }) => endReason === 'phase_left')).toEqual([]);
  const panels = await database().panelSignOff.count({
    where: {
      rolloutId: ID,
      rolloutVersion: versionBefore,
      givenAt: { lte: new Date(step.createdAt.getTime() + 2 * HOUR_MS) },
    },
  });
  expect(panels).toBeGreaterThan(0);
}

async function begin(): Promise<World> {
  await forgetRollouts();
  await database().watchReading.deleteMany();
  const world = new World();
  await ensureRollouts(world.now, {
    [ID]: [{ phase: 'A', kind: 'start', at: new Date(START_MS + 3 * HOUR_MS), reason: 'first start' }],
  });
  known.clear();
  for (const { id } of await database().phaseChange.findMany({ select: { id: true } })) known.add(id);
  runBegan = (await readAuditChain()).at(-1)?.seq ?? 0;
  return world;
}

/** With every stop lifted and the clock right, nothing that was promised is lost: no deadline, no proof. */
async function end(world: World): Promise<void> {
  world.skewMs = 0;
  for (const who of ['sre', 'lead'] as const)
    for (const kind of ['kill', 'freeze'] as const) await release(world, kind, who);
  world.realMs += 2 * HOUR_MS;
  for (let i = 0; i < 3; i += 1) await tick(world);
  const overdue = await database().rollbackRequest.findMany({
    where: { rolloutId: ID, state: 'open', dueAt: { lte: world.now } },
  });
  expect(overdue).toEqual([]);
  expect(await database().phaseChange.count({ where: { rolloutId: ID, proof: { not: 'proven' } } })).toBe(0);
  expect(['rolling_back', 'promoting', 'halted']).not.toContain((await rollout()).state);
}

/** Lives through the commands from the first start to the end; answers what became of them. */
async function walk(commands: readonly Command[]): Promise<World['counts']> {
  const world = await begin();
  for (const each of commands) {
    const before = await look();
    await run(world, each);
    await holds(world, before, each);
  }
  await end(world);
  return world.counts;
}

it('keeps every promise where it is easily broken: alone, frozen, past a deadline under the kill switch [ROL-3] [OPS-7] [PHA-3]', async () => {
  const counts = await walk([
    { do: 'climb', alone: 'lead' },
    { do: 'climb' },
    { do: 'freeze', everything: false },
    { do: 'climb', despite: 'stops' },
    { do: 'climb', alone: 'sre' },
    { do: 'windows', letters: 'v' },
    { do: 'kill', everything: false },
    { do: 'tick', minutes: 16 },
    { do: 'climb' },
    { do: 'rollBack' },
    { do: 'climb' },
  ]);
  // The walk went somewhere: one that leads nowhere would hold every promise, too.
  expect(counts.promotions).toBeGreaterThan(1);
  expect(counts.rollbacks).toBeGreaterThan(0);
  expect(counts.refused).toBeGreaterThan(0);
}, 1_800_000);

it('keeps every promise through random interleavings [ROL-1] [ROL-7] [PHA-3] [PHA-4]', async () => {
  const totals = { promotions: 0, rollbacks: 0, recoveries: 0, restarts: 0, refused: 0 };
  await fc.assert(
    fc.asyncProperty(fc.array(command, { minLength: 6, maxLength: 14 }), async (commands) => {
      const counts = await walk(commands);
      for (const key of Object.keys(totals) as (keyof typeof totals)[]) totals[key] += counts[key];
    }),
    {
      numRuns: Number(process.env.INVARIANT_RUNS ?? 5),
      endOnFailure: true,
      // The first way goes up, is thrown back and goes up again. All are walked, however long a busy machine takes.
      examples: [[[{ do: 'climb' }, { do: 'breach' }, { do: 'climb' }, { do: 'rollBack' }, { do: 'climb' }]]],
    },
  );
  expect(await verifyAuditChain()).toBeNull();
  // The runs went somewhere: an empty walk would hold every promise, too.
  expect(totals.promotions).toBeGreaterThan(0);
  expect(totals.rollbacks).toBeGreaterThan(0);
  expect(totals.refused).toBeGreaterThan(0);
}, 1_800_000);
