export { adoptPolicy } from './adoption/adopt.run.ts';
export {
  diffPolicyVersions,
  listPolicyVersions,
  type PolicyInForce,
  readPolicyInForce,
  readPolicyVersion,
} from './adoption/versions.run.ts';
export { loadPolicy, policyProblem, recentPolicy } from './policy.run.ts';
export { recordPolicyVersion } from './policy-version.store.ts';
