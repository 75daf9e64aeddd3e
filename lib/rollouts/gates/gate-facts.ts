import type { MetricVerdict, VerdictKind } from '#lib/analyzer/index.ts';
import type { Phase, Policy } from '#lib/policy/index.ts';
import type { Rollout } from '../rollout.schema.ts';

/** A verdict of the phase as gates read it. `sameRules`: judged by the objectives that are in force now. */
export type VerdictFact = {
  id: string;
  windowStart: Date;
  windowEnd: Date;
  verdict: VerdictKind;
  sloMet: boolean | null;
  rollbackRequired: boolean;
  sameRules: boolean;
};

export type StopFact = {
  id: string;
  kind: 'kill' | 'freeze';
  scope: string; // '*' or a rollout
  reason: string;
  orderedAt: Date;
  endsAt: Date | null;
};

export type IncidentFact = {
  id: string;
  number: number;
  severity: 'major' | 'minor';
  openedAt: Date;
  closedAt: Date | null;
};

export type ApprovalFact = {
  id: string;
  personId: string;
  role: string;
  choice: 'approve' | 'reject';
  evidenceHash: string;
  policyHash: string;
  givenAt: Date;
  expiresAt: Date | null;
  /** Whether the person is active and still holds the role: votes are weighed at the time they are used. */
  holdsRole: boolean;
};

export type SignOffFact = {
  panel: string;
  role: string;
  personId: string;
  policyHash: string;
  givenAt: Date;
};
export type AnswerFact = {
  list: string;
  item: string;
  answer: 'yes' | 'no';
  givenAt: Date;
  /** Whether the person is active and could still answer this item: answers are weighed as votes are. */
  holdsRole: boolean;
};
export type ReviewFact = { id: string; needed: number; signed: number; openedAt: Date };

/** Everything a decision is made of, read at one moment. */
export type DecisionFacts = {
  policy: Policy;
  policyHash: string;
  rollout: Rollout;
  phase: Phase;
  now: Date;
  /** Latest revisions of this phase since the rollout entered it, newest first. */
  verdicts: readonly VerdictFact[];
  /** Of the newest verdict; empty before the first. */
  metrics: readonly MetricVerdict[];
  /** How far collection has come, and sources the last reading could not read. */
  newestCollectedWindowEnd: Date | null;
  unreadSources: readonly string[];
  stops: readonly StopFact[];
  /** Open ones, and those opened since the phase began or in the longest period a gate looks at. */
  incidents: readonly IncidentFact[];
  /** Open ones that concern this rollout. */
  reviews: readonly ReviewFact[];
  /** A rollback that waits for its decision. */
  rollbackPending: boolean;
  /** Whether the flags stored for this rollout equal what the policy says of its phase and state. */
  flagsAsPolicy: boolean;
  /** Whether the files in governance/ are the policy in force; else the last valid one is, and nothing is promoted (PHA-6). */
  policyUsable: boolean;
  quarantineOpenCount: number;
  /** No rollback yet, or one whose next canary date is on record. */
  canaryPlanned: boolean;
  answers: readonly AnswerFact[];
  signOffs: readonly SignOffFact[];
  /** In force: neither ended nor withdrawn, of this version of the rollout. */
  approvals: readonly ApprovalFact[];
};
