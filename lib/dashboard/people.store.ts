import type { Database } from '#lib/database/server.ts';
import type { Rollout } from '#lib/rollouts/index.ts';

// What has ended is shown as a short list; all of it is in the audit trail.
const SHOWN_ENDED = 20;

export type ApprovalRow = {
  id: string;
  choice: string;
  role: string;
  comment: string;
  minutesUrl: string | null;
  personId: string;
  personName: string;
  givenAt: Date;
  expiresAt: Date | null;
  endedAt: Date | null;
  endReason: string | null;
};

export type SignOffRow = {
  id: string;
  panel: string;
  role: string;
  comment: string;
  link: string | null;
  policyHash: string;
  personId: string;
  personName: string;
  givenAt: Date;
  endedAt: Date | null;
  endReason: string | null;
};

export type AnswerRow = {
  list: string;
  item: string;
  answer: string;
  comment: string;
  personName: string;
  givenAt: Date;
};

/** What people have said of this version of a rollout, with their names and words; ended ones newest first. */
export type PeoplesWords = {
  approvals: ApprovalRow[];
  signOffs: SignOffRow[];
  answers: AnswerRow[];
};

/** Reads {@link PeoplesWords}. Errors: the database's. */
export async function readPeoplesWords(
  reader: Database,
  { id: rolloutId, version: rolloutVersion }: Rollout,
): Promise<PeoplesWords> {
  const where = { rolloutId, rolloutVersion };
  const [approvals, endedApprovals, signOffs, endedSignOffs, answers] = await Promise.all([
    reader.rolloutApproval.findMany({ where: { ...where, endedAt: null }, orderBy: { givenAt: 'asc' } }),
    reader.rolloutApproval.findMany({
      where: { ...where, endedAt: { not: null } },
      orderBy: { endedAt: 'desc' },
      take: SHOWN_ENDED,
    }),
    reader.panelSignOff.findMany({ where: { ...where, endedAt: null }, orderBy: { givenAt: 'asc' } }),
    reader.panelSignOff.findMany({
      where: { ...where, endedAt: { not: null } },
      orderBy: { endedAt: 'desc' },
      take: SHOWN_ENDED,
    }),
    reader.checklistAnswer.findMany({ where: { ...where, replacedAt: null }, orderBy: { givenAt: 'desc' } }),
  ]);
  return {
    approvals: [...approvals, ...endedApprovals],
    signOffs: [...signOffs, ...endedSignOffs],
    answers,
  };
}
