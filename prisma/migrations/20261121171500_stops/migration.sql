-- The rules of the kill switch are part of a policy version; and the audit rows of protective acts that could not be
-- appended when the act went through wait here, in order, until they can.

ALTER TABLE "policy_version" ADD COLUMN "killswitch_yaml" TEXT NOT NULL DEFAULT '';

CREATE TABLE "audit_pending" (
  "id" BIGSERIAL NOT NULL,
  "fact" JSONB NOT NULL,
  "problem" TEXT NOT NULL,
  "queued_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "audit_pending_pkey" PRIMARY KEY ("id")
);
