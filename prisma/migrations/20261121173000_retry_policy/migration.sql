-- The text of governance/retry-policy.yaml is kept with each policy version.
ALTER TABLE "policy_version" ADD COLUMN "retry_yaml" TEXT NOT NULL DEFAULT '';
