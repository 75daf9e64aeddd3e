export { loadPolicy, policyProblem, recentPolicy } from './policy.run.ts';
export { recordPolicyVersion } from './policy-version.store.ts';
