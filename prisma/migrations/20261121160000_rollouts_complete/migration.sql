-- Rollouts complete: the phase machine, decisions, approvals, required rollbacks, stop orders, reviews, incidents.

ALTER TABLE "rollout"
  ADD COLUMN "revision" INTEGER NOT NULL DEFAULT 1,
  ADD COLUMN "state_entered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  ADD COLUMN "resume_state" TEXT,
  ADD COLUMN "watch_until" TIMESTAMPTZ(3),
  ADD COLUMN "next_canary_at" TIMESTAMPTZ(3),
  ADD COLUMN "escalated_at" TIMESTAMPTZ(3),
  ADD CONSTRAINT "rollout_state" CHECK ("state" IN ('preparing', 'running', 'awaiting_approval', 'promoting',
    'rolling_back', 'watching', 'awaiting_canary', 'halted', 'completed')),
  ADD CONSTRAINT "rollout_resumes_when_halted" CHECK (("state" = 'halted') = ("resume_state" IS NOT NULL)),
  ADD CONSTRAINT "rollout_resume_state" CHECK ("resume_state" IS NULL OR "resume_state" IN ('preparing', 'running',
    'awaiting_approval', 'promoting', 'rolling_back', 'watching', 'awaiting_canary', 'completed'));
UPDATE "rollout" SET "state_entered_at" = "phase_entered_at";

ALTER TABLE "phase_change"
  ADD COLUMN "proof" TEXT NOT NULL DEFAULT 'proven',
  ADD COLUMN "proof_attempts" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "proof_details" JSONB,
  ADD COLUMN "proven_at" TIMESTAMPTZ(3),
  ADD COLUMN "break_glass" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "evidence_hash" TEXT,
  ADD CONSTRAINT "phase_change_proof" CHECK ("proof" IN ('pending', 'proven', 'failed'));
ALTER TABLE "phase_change" ALTER COLUMN "proof" SET DEFAULT 'pending';
CREATE INDEX "phase_change_to_prove" ON "phase_change" ("proof") WHERE "proof" <> 'proven';

CREATE TABLE "rollout_decision" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "rollout_version" INTEGER NOT NULL,
  "source" TEXT NOT NULL,
  "window_start" TIMESTAMPTZ(3),
  "decision" TEXT NOT NULL,
  "policy_hash" TEXT NOT NULL,
  "evidence_hash" TEXT NOT NULL,
  "fingerprint" TEXT NOT NULL,
  "body" JSONB NOT NULL,
  "verdict_id" UUID,
  "decided_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "rollout_decision_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "rollout_decision_source" CHECK ("source" IN ('cycle', 'tick', 'fast_lane'))
);
CREATE INDEX "rollout_decision_history" ON "rollout_decision" ("rollout_id", "decided_at" DESC);

CREATE TABLE "rollout_approval" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "rollout_version" INTEGER NOT NULL,
  "policy_hash" TEXT NOT NULL,
  "evidence_hash" TEXT NOT NULL,
  "choice" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "comment" TEXT NOT NULL,
  "minutes_url" TEXT,
  "person_id" TEXT NOT NULL,
  "person_name" TEXT NOT NULL,
  "trigger" TEXT NOT NULL,
  "given_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  "ended_by" TEXT,
  "end_reason" TEXT,
  CONSTRAINT "rollout_approval_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "rollout_approval_choice" CHECK ("choice" IN ('approve', 'reject'))
);
CREATE UNIQUE INDEX "rollout_approval_one_per_person" ON "rollout_approval" ("rollout_id", "rollout_version", "person_id")
  WHERE "ended_at" IS NULL;
CREATE INDEX "rollout_approval_of_phase" ON "rollout_approval" ("rollout_id", "rollout_version", "given_at");

CREATE TABLE "panel_sign_off" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "rollout_version" INTEGER NOT NULL,
  "policy_hash" TEXT NOT NULL,
  "panel" TEXT NOT NULL,
  "role" TEXT NOT NULL,
  "comment" TEXT NOT NULL,
  "link" TEXT,
  "verdict_id" UUID,
  "person_id" TEXT NOT NULL,
  "person_name" TEXT NOT NULL,
  "given_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  "end_reason" TEXT,
  CONSTRAINT "panel_sign_off_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "panel_sign_off_one_per_person" ON "panel_sign_off" ("rollout_id", "rollout_version", "panel", "person_id")
  WHERE "ended_at" IS NULL;

CREATE TABLE "checklist_answer" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "rollout_version" INTEGER NOT NULL,
  "list" TEXT NOT NULL,
  "item" TEXT NOT NULL,
  "answer" TEXT NOT NULL,
  "comment" TEXT NOT NULL,
  "person_id" TEXT NOT NULL,
  "person_name" TEXT NOT NULL,
  "given_at" TIMESTAMPTZ(3) NOT NULL,
  "replaced_at" TIMESTAMPTZ(3),
  CONSTRAINT "checklist_answer_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "checklist_answer_answer" CHECK ("answer" IN ('yes', 'no'))
);
CREATE UNIQUE INDEX "checklist_answer_one_per_item" ON "checklist_answer" ("rollout_id", "rollout_version", "list", "item")
  WHERE "replaced_at" IS NULL;

CREATE TABLE "rollback_request" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "rollout_version" INTEGER NOT NULL,
  "to_phase" TEXT,
  "cause" TEXT NOT NULL,
  "mode" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'open',
  "verdict_id" UUID,
  "window_start" TIMESTAMPTZ(3),
  "evidence" JSONB NOT NULL,
  "policy_hash" TEXT NOT NULL,
  "opened_at" TIMESTAMPTZ(3) NOT NULL,
  "due_at" TIMESTAMPTZ(3),
  "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
  "decided_at" TIMESTAMPTZ(3),
  "decided_by_id" TEXT,
  "decided_by_name" TEXT,
  "decided_reason" TEXT,
  "change_id" UUID,
  CONSTRAINT "rollback_request_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "rollback_request_cause" CHECK ("cause" IN ('verdict', 'slo_unmet', 'fast_lane', 'violation_event')),
  CONSTRAINT "rollback_request_mode" CHECK ("mode" IN ('automatic', 'on_call', 'recommend', 'shadow')),
  CONSTRAINT "rollback_request_state" CHECK ("state" IN ('open', 'executed', 'declined', 'withdrawn', 'recorded'))
);
CREATE UNIQUE INDEX "rollback_request_one_open" ON "rollback_request" ("rollout_id") WHERE "state" = 'open';
CREATE INDEX "rollback_request_due" ON "rollback_request" ("due_at") WHERE "state" = 'open';
CREATE INDEX "rollback_request_history" ON "rollback_request" ("rollout_id", "opened_at" DESC);

CREATE TABLE "stop_order" (
  "id" UUID NOT NULL,
  "epoch" BIGSERIAL NOT NULL,
  "kind" TEXT NOT NULL,
  "scope" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "trigger" TEXT NOT NULL,
  "person_id" TEXT NOT NULL,
  "person_name" TEXT NOT NULL,
  "details" JSONB NOT NULL DEFAULT '{}',
  "ordered_at" TIMESTAMPTZ(3) NOT NULL,
  "ends_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  "ended_by" TEXT,
  "warned_at" TIMESTAMPTZ(3),
  CONSTRAINT "stop_order_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "stop_order_kind" CHECK ("kind" IN ('kill', 'freeze', 'collection'))
);
CREATE UNIQUE INDEX "stop_order_one_in_force" ON "stop_order" ("kind", "scope") WHERE "ended_at" IS NULL;
CREATE INDEX "stop_order_history" ON "stop_order" ("epoch" DESC);

CREATE TABLE "stop_release" (
  "stop_id" UUID NOT NULL,
  "person_id" TEXT NOT NULL,
  "person_name" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "given_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "stop_release_pkey" PRIMARY KEY ("stop_id", "person_id"),
  CONSTRAINT "stop_release_stop_id_fkey" FOREIGN KEY ("stop_id") REFERENCES "stop_order"("id") ON DELETE RESTRICT
);

CREATE TABLE "review" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT,
  "kind" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "opened_by_id" TEXT NOT NULL,
  "opened_by_name" TEXT NOT NULL,
  "opened_at" TIMESTAMPTZ(3) NOT NULL,
  "needed" INTEGER NOT NULL,
  "closed_at" TIMESTAMPTZ(3),
  CONSTRAINT "review_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "review_kind" CHECK ("kind" IN ('rollback', 'kill')),
  CONSTRAINT "review_once_per_subject" UNIQUE ("subject")
);
CREATE INDEX "review_open" ON "review" ("rollout_id") WHERE "closed_at" IS NULL;

CREATE TABLE "review_signature" (
  "review_id" UUID NOT NULL,
  "person_id" TEXT NOT NULL,
  "person_name" TEXT NOT NULL,
  "comment" TEXT NOT NULL,
  "signed_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "review_signature_pkey" PRIMARY KEY ("review_id", "person_id"),
  CONSTRAINT "review_signature_review_id_fkey" FOREIGN KEY ("review_id") REFERENCES "review"("id") ON DELETE RESTRICT
);

CREATE TABLE "incident" (
  "id" UUID NOT NULL,
  "number" SERIAL NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "cause" TEXT NOT NULL,
  "severity" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'open',
  "opened_at" TIMESTAMPTZ(3) NOT NULL,
  "verdict_id" UUID,
  "details" JSONB NOT NULL DEFAULT '{}',
  "closed_at" TIMESTAMPTZ(3),
  "closed_by_id" TEXT,
  "closed_by_name" TEXT,
  "close_reason" TEXT,
  CONSTRAINT "incident_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "incident_number" UNIQUE ("number"),
  CONSTRAINT "incident_severity" CHECK ("severity" IN ('major', 'minor')),
  CONSTRAINT "incident_state" CHECK ("state" IN ('open', 'closed'))
);
CREATE UNIQUE INDEX "incident_one_open_per_cause" ON "incident" ("rollout_id", "cause") WHERE "state" = 'open';
CREATE INDEX "incident_history" ON "incident" ("rollout_id", "opened_at" DESC);

CREATE TABLE "watch_reading" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "rollout_version" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "verdict" TEXT NOT NULL,
  "slo_met" BOOLEAN,
  "body" JSONB NOT NULL,
  CONSTRAINT "watch_reading_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "watch_reading_once" UNIQUE ("rollout_id", "rollout_version", "at")
);
