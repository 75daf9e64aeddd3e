import type { SloReport } from '#lib/slo/slo-report.schema.ts';

type Step = SloReport['steps'][number];
type Approval = SloReport['approvals'][number];
type SignOff = SloReport['signOffs'][number];

export type LogEntry =
  | { kind: 'step'; at: string; isOverride: boolean; step: Step }
  | { kind: 'approval'; at: string; isOverride: boolean; approval: Approval }
  | { kind: 'sign_off'; at: string; isOverride: boolean; signOff: SignOff };

/**
 * Every step, vote and sign-off in one list, newest first. An override is an act past the gates (break-glass), or a vote
 * against what they say (a rejection).
 */
export function decisionLogOf({
  steps,
  approvals,
  signOffs,
}: Pick<SloReport, 'steps' | 'approvals' | 'signOffs'>): LogEntry[] {
  return [
    ...steps.map((step): LogEntry => ({ kind: 'step', at: step.at, isOverride: step.breakGlass, step })),
    ...approvals.map(
      (approval): LogEntry => ({
        kind: 'approval',
        at: approval.at,
        isOverride: approval.choice === 'reject',
        approval,
      }),
    ),
    ...signOffs.map(
      (signOff): LogEntry => ({ kind: 'sign_off', at: signOff.at, isOverride: false, signOff }),
    ),
  ].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
}
