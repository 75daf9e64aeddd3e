import type { LoadedPolicy } from '../parse.ts';
import { loadPolicy, policyProblem } from '../policy.run.ts';
import type {
  PolicyAdoption,
  PolicyDiff,
  PolicyVersionList,
  PolicyVersionText,
} from '../policy-history.schema.ts';
import { diffVersions, listVersions, readVersion } from './versions.store.ts';

export type PolicyInForce = Pick<LoadedPolicy, 'hash' | 'policy' | 'catalogue' | 'killSwitch' | 'retries'> & {
  /** When it last came into force and whose change that was. */
  adoption: PolicyAdoption;
  /** Why the files on disk are another policy than this one, one line per issue; empty while they are this one. */
  problems: string[];
};

/** The policy in force as it is understood, with defaults filled in (PHA-6). Errors: as `loadPolicy`; the database's. */
export async function readPolicyInForce(now: Date): Promise<PolicyInForce> {
  const { hash, policy, catalogue, killSwitch, retries, ...rest } = await loadPolicy();
  const [{ versions }, problems] = await Promise.all([
    listVersions({ hash, policy, catalogue, killSwitch, retries, ...rest }, now),
    policyProblem(),
  ]);
  const [adoption] = versions;
  if (!adoption) throw new RangeError('the policy in force is in no list of versions');
  return { hash, policy, catalogue, killSwitch, retries, adoption, problems };
}

/** Every time another version came into force, newest first (PHA-6). Errors: as `loadPolicy`; the database's. */
export async function listPolicyVersions(now: Date): Promise<PolicyVersionList> {
  return listVersions(await loadPolicy(), now);
}

/**
 * One version with its text and each time it came into force. `reference`: a hash, its beginning, `in-force`, `previous`.
 * Errors: AppError NOT_FOUND `policy_version_unknown`; CONFLICT `policy_version_ambiguous`.
 */
export async function readPolicyVersion(reference: string, now: Date): Promise<PolicyVersionText> {
  return readVersion(reference, await loadPolicy(), now);
}

/** What differs between two versions, by meaning and by line (PHA-6). Errors: as {@link readPolicyVersion}. */
export async function diffPolicyVersions(
  references: { from: string; to: string },
  now: Date,
): Promise<PolicyDiff> {
  return diffVersions(references, await loadPolicy(), now);
}
