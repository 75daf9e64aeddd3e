import { type MetricVerdict, MetricVerdictSchema, VerdictKindSchema } from '#lib/analyzer/index.ts';
import { newestCollectedWindowEnd } from '#lib/analyzer/server.ts';
import type { Database, Transaction } from '#lib/database/server.ts';
import { findPhase, type LoadedPolicy, type Phase, type Policy } from '#lib/policy/index.ts';
import { policyProblem } from '#lib/policy/server.ts';
import { readApprovals } from '../approvals/approval-facts.store.ts';
import { mayAnswer } from '../checklist/plan-answer.ts';
import type {
  AnswerFact,
  DecisionFacts,
  IncidentFact,
  ReviewFact,
  SignOffFact,
  StopFact,
  VerdictFact,
} from '../gates/gate-facts.ts';
import { activePeople } from '../people/person.store.ts';
import { whoMayStillSign } from '../reviews/signers.store.ts';
import type { Rollout } from '../rollout.schema.ts';
import { findRollout } from '../rollout.store.ts';
import { versionsWithSameRules } from './same-rules.store.ts';
import { storedFlagsAreOfPolicy } from './stored-flags.store.ts';

type Reader = Transaction | Database;

/** More waiting lines than this need not be told apart. */
const MOST_COUNTED = 1000;
const DAY_MS = 86_400_000;

/**
 * Everything a decision about a rollout is made of, read at one moment (PHA-3, PHA-4, PHA-7). Read it in the transaction
 * that acts on it. null: the rollout is unknown, or the policy has no such phase any more.
 * `now` decides what has ended; nothing else here looks at a clock. Errors: the database's.
 */
export async function loadDecisionFacts(
  reader: Reader,
  loaded: LoadedPolicy,
  rolloutId: string,
  now: Date,
): Promise<DecisionFacts | null> {
  const rollout = await findRollout(rolloutId, reader);
  const phase = rollout && findPhase(loaded.policy, rolloutId, rollout.phase);
  if (!rollout || !phase) return null;
  const verdicts = await readVerdicts(reader, loaded, rollout, lookBackTo(loaded, rollout, phase, now));
  return {
    policy: loaded.policy,
    policyHash: loaded.hash,
    rollout,
    phase,
    now,
    verdicts,
    metrics: await metricsOf(reader, verdicts[0]),
    newestCollectedWindowEnd: await newestCollectedWindowEnd(reader),
    unreadSources: await unreadSources(reader, now),
    stops: await stopsInForce(reader, rolloutId, now),
    incidents: await incidentsToWeigh(reader, rollout, phase, now),
    reviews: await openReviews(reader, rolloutId, loaded.policy),
    rollbackPending: (await reader.rollbackRequest.count({ where: { rolloutId, state: 'open' } })) > 0,
    policyUsable: (await policyProblem()).length === 0,
    flagsAsPolicy: await storedFlagsAreOfPolicy(reader, loaded.policy, rollout),
    quarantineOpenCount: await reader.telemetryQuarantine.count({
      where: { state: 'open' },
      take: MOST_COUNTED,
    }),
    canaryPlanned: canaryPlanned(rollout),
    answers: await answersOf(reader, rollout, loaded.policy),
    signOffs: await signOffsOf(reader, rollout),
    approvals: await readApprovals(reader, rollout),
  };
}

/**
 * Where this stay in the phase begins. A rollout that has completed its climb stays for years and is bound to no approval
 * any more: there, the longest time that a gate or PHA-5 looks at is enough, and a day more.
 */
function lookBackTo({ policy }: LoadedPolicy, rollout: Rollout, phase: Phase, now: Date): Date {
  const enteredMs = Date.parse(rollout.phaseEnteredAt);
  const place = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  if (place !== 'completed') return new Date(enteredMs);
  const spans = phase.gates.map((gate) => (gate.kind === 'met_for' ? gate.durationSeconds : 0));
  const unmetSeconds = policy.rollouts[rollout.id]?.rollBackWhenUnmetForSeconds ?? 0;
  const reachMs = Math.max(unmetSeconds, ...spans) * 1000 + DAY_MS;
  return new Date(Math.max(enteredMs, now.getTime() - reachMs));
}

type VerdictRow = Omit<VerdictFact, 'verdict' | 'sameRules'> & { verdict: string; policyHash: string };

/**
 * The latest revisions of this stay in the phase, newest first, back to where every run that gates and PHA-5 look at has
 * ended: the newest window that was not met and the newest that was, whichever is older. Cutting off any sooner would move
 * the beginning of a run, which approvals are bound to.
 */
async function readVerdicts(
  reader: Reader,
  loaded: LoadedPolicy,
  rollout: Rollout,
  since: Date,
): Promise<VerdictFact[]> {
  const rows = await reader.$queryRaw<VerdictRow[]>`
    WITH stay AS (
      SELECT id, window_start, window_end, verdict, slo_met, rollback_required, policy_hash FROM verdict
      WHERE rollout_id = ${rollout.id} AND phase = ${rollout.phase} AND is_latest
        AND window_end > ${since}
    ), ends AS (
      SELECT max(window_start) FILTER (WHERE slo_met) AS met,
             max(window_start) FILTER (WHERE verdict = 'violation' OR slo_met = false) AS broken
      FROM stay
    )
    SELECT stay.id::text AS id, window_start AS "windowStart", window_end AS "windowEnd", verdict,
           slo_met AS "sloMet", rollback_required AS "rollbackRequired", policy_hash AS "policyHash"
    FROM stay, ends
    WHERE met IS NULL OR broken IS NULL OR window_start >= LEAST(met, broken)
    ORDER BY window_start DESC`;
  const same = await versionsWithSameRules(
    reader,
    loaded,
    { rolloutId: rollout.id, phase: rollout.phase },
    new Set(rows.map(({ policyHash }) => policyHash)),
  );
  return rows.map(({ policyHash, verdict, ...row }) => ({
    ...row,
    verdict: VerdictKindSchema.parse(verdict),
    sameRules: same.has(policyHash),
  }));
}

async function metricsOf(reader: Reader, newest: VerdictFact | undefined): Promise<MetricVerdict[]> {
  if (!newest) return [];
  const row = await reader.verdict.findUniqueOrThrow({
    where: { id: newest.id },
    select: { metrics: true },
  });
  return MetricVerdictSchema.array().parse(row.metrics);
}

async function unreadSources(reader: Reader, now: Date): Promise<string[]> {
  // While a person has paused collection no source is read, however new the last window still looks (COL-9).
  const paused = await reader.stopOrder.count({
    where: { kind: 'collection', endedAt: null, OR: [{ endsAt: null }, { endsAt: { gt: now } }] },
  });
  const rows = await reader.telemetrySource.findMany({
    where: { state: 'active', lastError: { not: null } },
    select: { name: true },
    orderBy: { name: 'asc' },
  });
  return [...(paused > 0 ? ['* (paused)'] : []), ...new Set(rows.map(({ name }) => name))];
}

/** Kill switches last until they are armed again, whatever the clock says; a freeze may end by itself. */
async function stopsInForce(reader: Reader, rolloutId: string, now: Date): Promise<StopFact[]> {
  const rows = await reader.stopOrder.findMany({
    where: {
      scope: { in: ['*', rolloutId] },
      endedAt: null,
      OR: [{ kind: 'kill' }, { kind: 'freeze', OR: [{ endsAt: null }, { endsAt: { gt: now } }] }],
    },
    orderBy: { epoch: 'asc' },
  });
  return rows.map(({ id, kind, scope, reason, orderedAt, endsAt }) => ({
    id,
    kind: kind === 'kill' ? 'kill' : 'freeze',
    scope,
    reason,
    orderedAt,
    endsAt,
  }));
}

/** Incidents that are open, or were at some time in the phase or in the longest period that one of its gates looks at. */
async function incidentsToWeigh(
  reader: Reader,
  rollout: Rollout,
  phase: Phase,
  now: Date,
): Promise<IncidentFact[]> {
  const periods = phase.gates.map((gate) =>
    gate.kind === 'no_incident' && gate.withinSeconds !== null ? gate.withinSeconds : 0,
  );
  const from = new Date(
    Math.min(Date.parse(rollout.phaseEnteredAt), now.getTime() - Math.max(0, ...periods) * 1000),
  );
  const rows = await reader.incident.findMany({
    where: { rolloutId: rollout.id, OR: [{ closedAt: null }, { closedAt: { gt: from } }] },
    orderBy: { number: 'asc' },
  });
  return rows.map(({ id, number, severity, openedAt, closedAt }) => ({
    id,
    number,
    severity: severity === 'major' ? 'major' : 'minor',
    openedAt,
    closedAt,
  }));
}

async function openReviews(reader: Reader, rolloutId: string, policy: Policy): Promise<ReviewFact[]> {
  const rows = await reader.review.findMany({
    where: { closedAt: null, OR: [{ rolloutId }, { rolloutId: null }] },
    include: { signatures: { select: { personId: true } } },
    orderBy: { openedAt: 'asc' },
  });
  const signers = await whoMayStillSign(
    reader,
    rows.flatMap(({ signatures }) => signatures.map(({ personId }) => personId)),
    policy,
  );
  return rows.map(({ id, needed, openedAt, signatures }) => ({
    id,
    needed,
    openedAt,
    signed: signatures.filter(({ personId }) => signers.has(personId)).length,
  }));
}

/** After a rollback the next canary date is set when the watch ends well; before that there is no plan on record. */
function canaryPlanned(rollout: Rollout): boolean {
  const place = rollout.state === 'halted' ? rollout.resumeState : rollout.state;
  return (place !== 'rolling_back' && place !== 'watching') || rollout.nextCanaryAt !== null;
}

/** Those that stand, with whether their givers could give them again. */
async function answersOf(reader: Reader, rollout: Rollout, policy: Policy): Promise<AnswerFact[]> {
  const rows = await reader.checklistAnswer.findMany({
    where: { rolloutId: rollout.id, rolloutVersion: rollout.version, replacedAt: null },
    orderBy: { givenAt: 'desc' },
  });
  const people = await activePeople(
    reader,
    rows.map(({ personId }) => personId),
  );
  return rows.map(({ list, item, answer, givenAt, personId }) => {
    const role = policy.checklists[list]?.find(({ id }) => id === item)?.role;
    const person = people.get(personId);
    return {
      list,
      item,
      answer: answer === 'yes' ? 'yes' : 'no',
      givenAt,
      holdsRole: role !== undefined && person !== undefined && mayAnswer(person, role, policy),
    };
  });
}

/** Those that count now: like a vote, a signature is worth what its giver may say at the time it is used (PHA-3). */
async function signOffsOf(reader: Reader, rollout: Rollout): Promise<SignOffFact[]> {
  return await reader.$queryRaw<SignOffFact[]>`
    SELECT s.panel, s.role, s.person_id AS "personId", s.policy_hash AS "policyHash", s.given_at AS "givenAt"
    FROM panel_sign_off s
    WHERE s.rollout_id = ${rollout.id} AND s.rollout_version = ${rollout.version} AND s.ended_at IS NULL
      AND EXISTS (SELECT 1 FROM app_user u JOIN user_role r ON r.user_id = u.id
                  WHERE u.id::text = s.person_id AND u.disabled_at IS NULL AND r.role = s.role)
    ORDER BY s.given_at, s.id`;
}
