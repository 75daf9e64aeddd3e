export { loadPolicy, policyProblem } from './policy.run.ts';
export { recordPolicyVersion } from './policy-version.store.ts';
