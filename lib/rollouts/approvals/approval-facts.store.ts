import type { Database, Transaction } from '#lib/database/server.ts';
import type { ApprovalFact } from '../gates/gate-facts.ts';
import type { Rollout } from '../rollout.schema.ts';

type Row = Omit<ApprovalFact, 'choice'> & { choice: string };

/**
 * The yeses and noes to leaving this phase that have not ended, of this version of the rollout, oldest first; with whether
 * each person is active and holds the role now (PHA-3: a vote is weighed when it is used).
 */
export async function readApprovals(
  reader: Transaction | Database,
  rollout: Rollout,
): Promise<ApprovalFact[]> {
  const rows = await reader.$queryRaw<Row[]>`
    SELECT a.id::text AS id, a.person_id AS "personId", a.role, a.choice, a.evidence_hash AS "evidenceHash",
           a.policy_hash AS "policyHash", a.given_at AS "givenAt", a.expires_at AS "expiresAt",
           EXISTS (SELECT 1 FROM app_user u JOIN user_role r ON r.user_id = u.id
                   WHERE u.id::text = a.person_id AND u.disabled_at IS NULL AND r.role = a.role) AS "holdsRole"
    FROM rollout_approval a
    WHERE a.rollout_id = ${rollout.id} AND a.rollout_version = ${rollout.version} AND a.ended_at IS NULL
    ORDER BY a.given_at, a.id`;
  return rows.map((row) => ({ ...row, choice: row.choice === 'approve' ? 'approve' : 'reject' }));
}
