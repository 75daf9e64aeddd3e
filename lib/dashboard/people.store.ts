import type { Database } from '#lib/database/server.ts';
import type { Rollout } from '#lib/rollouts/index.ts';
import type { PeoplesWords } from './peoples-words.ts';

// What has ended is shown as a short list; all of it is in the audit trail.
const SHOWN_ENDED = 20;

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
