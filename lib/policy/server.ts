export { adoptPolicy } from './adoption/adopt.run.ts';
export { diffPolicyVersions, listPolicyVersions, readPolicyVersion } from './adoption/versions.store.ts';
export { loadPolicy, policyProblem, recentPolicy } from './policy.run.ts';
export { recordPolicyVersion } from './policy-version.store.ts';
