import type { MetricVerdict } from '#lib/analyzer/index.ts';
import type { Locale } from '#lib/i18n/index.ts';
import type { Incident } from '#lib/incidents/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { PhaseChange } from '#lib/rollouts/index.ts';

/** What a message about one verdict knows. */
export type VerdictFacts = { windowStart: Date; windowEnd: Date; metrics: readonly MetricVerdict[] };

/** Everything a message's text is made of: rows that do not change, read when it is sent. Absent parts are null. */
export type MessageFacts = {
  /** Played, not so: what it is about has no page of its own (ROL-8). */
  rehearsal?: true;
  policy: Policy;
  locale: Locale;
  appUrl: string;
  rolloutId: string | null;
  phase: string | null;
  createdAt: Date;
  verdict: VerdictFacts | null;
  change: PhaseChange | null;
  /** Who approved the step, in the order in which they did. */
  approvers: readonly string[];
  /** Why what is served could not be proven, as it was read back. */
  served: string | null;
  incident: Incident | null;
  request: { toPhase: string | null; mode: string; dueAt: Date | null } | null;
  stop: {
    scope: string;
    reason: string;
    personName: string;
    orderedAt: Date;
    endedAt: Date | null;
    releases: readonly string[];
  } | null;
  decision: {
    toPhase: string | null;
    approvals: readonly { role: string; missing: boolean }[];
    gates: readonly { id: string; state: string }[];
    evidenceHash: string;
  } | null;
  nextCanaryAt: Date | null;
  watchUntil: Date | null;
  step: string | null;
  stepDueAt: Date | null;
  /** The RCA of the incident (ROL-6). */
  rca: {
    ownerName: string | null;
    dueAt: Date | null;
    sharedByName: string | null;
    url: string | null;
  } | null;
  delay: { seconds: number; reason: string; windowStart: Date; windowEnd: Date } | null;
};
