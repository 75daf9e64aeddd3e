import type { Transaction } from '#lib/database/server.ts';
import type { LoadedPolicy } from './parse.ts';

/**
 * Keeps the text of a policy version under its hash; a version that is known already is left as it is.
 * Call it in the transaction that stores something judged by it (a verdict names its policy version).
 */
export async function recordPolicyVersion(
  tx: Transaction,
  loaded: LoadedPolicy,
  appliedBy: string,
): Promise<void> {
  await tx.$executeRaw`
    INSERT INTO policy_version (hash, policy_yaml, events_yaml, killswitch_yaml, retry_yaml, applied_by)
    VALUES (${loaded.hash}, ${loaded.policyYaml}, ${loaded.eventsYaml}, ${loaded.killSwitchYaml},
      ${loaded.retryYaml}, ${appliedBy})
    ON CONFLICT (hash) DO NOTHING`;
}
