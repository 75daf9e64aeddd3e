import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planApproval } from '../approvals/plan-approval.ts';
import { decide } from '../decision/decide.ts';
import type { ApprovalFact, DecisionFacts } from '../gates/gate-facts.ts';
import { LOADED, readyFacts } from '../people/ready-facts.fixture.ts';
import { planPromotion } from './plan-promotion.ts';

const ROLES = ['sre', 'dev_lead', 'governance', 'reviewer', 'admin'] as const;
const PEOPLE = ['ana', 'ben'] as const;
type Person = (typeof PEOPLE)[number];

type Move =
  | { do: 'approve' | 'reject'; who: Person; as: (typeof ROLES)[number] | undefined }
  | { do: 'withdraw' | 'press'; who: Person }
  | { do: 'grant' | 'revoke'; who: Person; role: (typeof ROLES)[number] }
  | { do: 'wait'; hours: number }
  | { do: 'new_policy' }
  | { do: 'run_breaks' };

const person = fc.constantFrom(...PEOPLE);
const role = fc.constantFrom(...ROLES);
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constantFrom('approve' as const, 'approve' as const, 'approve' as const, 'reject' as const),
      who: person,
      as: fc.oneof({ weight: 4, arbitrary: fc.constant(undefined) }, { weight: 1, arbitrary: role }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ do: fc.constantFrom('withdraw' as const, 'press' as const), who: person }),
  },
  {
    weight: 2,
    arbitrary: fc.record({ do: fc.constantFrom('grant' as const, 'revoke' as const), who: person, role }),
  },
  {
    weight: 1,
    arbitrary: fc.record({ do: fc.constant('wait' as const), hours: fc.integer({ min: 1, max: 80 }) }),
  },
  { weight: 1, arbitrary: fc.constant({ do: 'new_policy' as const }) },
  { weight: 1, arbitrary: fc.constant({ do: 'run_breaks' as const }) },
);

/** What is on record about a vote, beside what the deciding code reads: for the oracle. */
type Vote = ApprovalFact & { era: number; atHour: number };
type World = {
  phase: 'A' | 'B' | 'C';
  roles: Record<Person, Set<string>>;
  votes: Vote[];
  hour: number;
  /** Rises with whatever makes earlier signatures void. */
  era: number;
  /** Rises with policies only. */
  policies: number;
  broken: boolean;
};

const newWorld = (phase: World['phase'], ana: readonly string[], ben: readonly string[]): World => ({
  phase,
  roles: { ana: new Set(ana), ben: new Set(ben) },
  votes: [],
  hour: 0,
  era: 0,
  policies: 0,
  broken: false,
});

const READY = { A: readyFacts('A'), B: readyFacts('B'), C: readyFacts('C') };

/** Only what votes are bound to moves; every other gate stays met, so that people alone decide. */
function factsOf(world: World): DecisionFacts {
  const hash = world.policies === 0 ? LOADED.hash : `policy-${world.policies}`;
  const ready = READY[world.phase];
  const approvals = world.votes.map(({ era: _, atHour: __, ...vote }) => ({
    ...vote,
    holdsRole: world.roles[vote.personId as Person].has(vote.role),
  }));
  return {
    ...ready,
    policyHash: hash,
    signOffs: ready.signOffs.map((signOff) => ({ ...signOff, policyHash: hash })),
    // Another run of met windows than the one that was shown, long enough all the same.
    rollout: world.broken ? { ...ready.rollout, version: 7 } : ready.rollout,
    approvals: approvals.map(({ expiresAt, ...vote }) => ({
      ...vote,
      // The windows stay fresh while the votes grow old: their ends are moved nearer instead of the clock.
      expiresAt: expiresAt === null ? null : new Date(expiresAt.getTime() - world.hour * 3_600_000),
    })),
  };
}

function vote(world: World, choice: 'approve' | 'reject', who: Person, as: string | undefined): void {
  const facts = factsOf(world);
  const decision = decide(facts);
  const plan = planApproval(facts, decision, {
    personId: who,
    personRoles: [...world.roles[who]],
    choice,
    role: as,
  });
  if (plan.plan !== 'give') return;
  const earlier = world.votes.find(({ personId }) => personId === who);
  expect(plan.replaces?.id ?? null).toBe(earlier?.id ?? null);
  world.votes = world.votes.filter(({ personId }) => personId !== who);
  world.votes.push({
    id: `${who}-${world.votes.length}-${world.hour}-${world.era}-${choice}-${plan.role}`,
    personId: who,
    role: plan.role,
    choice,
    evidenceHash: decision.evidenceHash,
    policyHash: facts.policyHash,
    givenAt: facts.now,
    expiresAt: plan.expiresAt === null ? null : new Date(plan.expiresAt.getTime() + world.hour * 3_600_000),
    holdsRole: true,
    era: world.era,
    atHour: world.hour,
  });
}

/** The rule in the words of PHA-3, counted by hand and not by the code under test. */
function mayPromote(world: World, who: Person): boolean {
  const { phase } = factsOf(world);
  const lifeHours = LOADED.policy.signatures.approvalsExpireAfterSeconds / 3600;
  const holds = (v: Vote) => world.roles[v.personId as Person].has(v.role);
  if (world.votes.some((v) => v.choice === 'reject' && holds(v))) return false;
  const yes = world.votes.filter(
    (v) => v.choice === 'approve' && holds(v) && v.era === world.era && world.hour - v.atHour < lifeHours,
  );
  const filled = phase.approvals.every(
    (place) => new Set(yes.filter((v) => v.role === place.role).map((v) => v.personId)).size >= place.count,
  );
  const eyes = new Set([...yes.map((v) => v.personId), who]).size >= 2;
  return filled && eyes && phase.promoteBy.some((each) => world.roles[who].has(each));
}

let promotions = 0;

function apply(world: World, step: Move): void {
  switch (step.do) {
    case 'approve':
    case 'reject':
      vote(world, step.do, step.who, step.as);
      return;
    case 'withdraw':
      world.votes = world.votes.filter(({ personId }) => personId !== step.who);
      return;
    case 'grant':
      world.roles[step.who].add(step.role);
      return;
    case 'revoke':
      world.roles[step.who].delete(step.role);
      return;
    case 'wait':
      world.hour += step.hours;
      return;
    case 'new_policy':
      world.era++;
      world.policies++;
      return;
    case 'run_breaks':
      if (!world.broken) world.era++;
      world.broken = true;
      return;
    case 'press': {
      const facts = factsOf(world);
      const plan = planPromotion(facts, decide(facts), {
        kind: 'person',
        id: step.who,
        roles: [...world.roles[step.who]],
      });
      expect(plan.plan === 'step_on').toBe(mayPromote(world, step.who));
      if (plan.plan === 'step_on') promotions++;
    }
  }
}

/** Every way to deal two people's moves into one line, each keeping their own order. */
function interleavings<T>(a: readonly T[], b: readonly T[]): T[][] {
  const [a0, ...restA] = a;
  const [b0, ...restB] = b;
  if (a0 === undefined) return [[...b]];
  if (b0 === undefined) return [[...a]];
  return [
    ...interleavings(restA, b).map((rest) => [a0, ...rest]),
    ...interleavings(a, restB).map((rest) => [b0, ...rest]),
  ];
}

describe('two people', () => {
  it('promote exactly when the rule allows it, whatever they do in whatever order [PHA-3]', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          { weight: 9, arbitrary: fc.constant('A' as const) },
          { weight: 1, arbitrary: fc.constant('B' as const) },
        ),
        fc.subarray([...ROLES]).map((more) => ['sre', ...more]),
        fc.subarray([...ROLES]).map((more) => ['dev_lead', ...more]),
        fc.array(move, { minLength: 1, maxLength: 10 }),
        (phase, ana, ben, moves) => {
          const world = newWorld(phase, ana, ben);
          for (const step of moves) apply(world, step);
          for (const who of PEOPLE) apply(world, { do: 'press', who });
          expect(new Set(world.votes.map(({ personId }) => personId)).size).toBe(world.votes.length);
        },
      ),
      { numRuns: 10_000 },
    );
    expect(promotions).toBeGreaterThan(500);
  });

  it('get the same answer in every interleaving of their moves that the rule gives [PHA-3]', () => {
    const acts = (who: Person) =>
      fc.array(
        fc.oneof(
          fc.record({
            do: fc.constantFrom('approve' as const, 'approve' as const, 'reject' as const),
            who: fc.constant(who),
            as: fc.constant(undefined),
          }),
          fc.record({ do: fc.constantFrom('withdraw' as const, 'press' as const), who: fc.constant(who) }),
        ),
        { minLength: 2, maxLength: 4 },
      );
    let lines = 0;
    fc.assert(
      fc.property(acts('ana'), acts('ben'), (a, b) => {
        for (const line of interleavings<Move>(a, b)) {
          lines++;
          const world = newWorld('A', ['sre'], ['dev_lead']);
          for (const step of line) apply(world, step);
          for (const who of PEOPLE) apply(world, { do: 'press', who });
        }
      }),
      { numRuns: 600 },
    );
    expect(lines).toBeGreaterThan(10_000);
  });

  it('cannot be played by one, with every role there is [PHA-3]', () => {
    fc.assert(
      fc.property(
        fc.constantFrom('A' as const, 'B' as const, 'C' as const),
        fc.array(move, { maxLength: 8 }),
        (phase, moves) => {
          const world = newWorld(phase, ROLES, []);
          for (const step of moves) {
            if ('who' in step && step.who === 'ben') continue;
            apply(world, step);
          }
          const facts = factsOf(world);
          const pressed = planPromotion(facts, decide(facts), {
            kind: 'person',
            id: 'ana',
            roles: [...ROLES],
          });
          expect(pressed.plan).toBe('refuse');
        },
      ),
      { numRuns: 200 },
    );
  });
});
