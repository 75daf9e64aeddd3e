-- Messages to people: an outbox written with what caused it, deliveries with every attempt, and what an incident keeps.

CREATE TABLE "message" (
  "id" UUID NOT NULL,
  "seq" BIGSERIAL NOT NULL,
  "dedup_key" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "level" TEXT NOT NULL,
  "rollout_id" TEXT,
  "phase" TEXT,
  "incident_id" UUID,
  "values" JSONB NOT NULL,
  "dry_run" BOOLEAN NOT NULL DEFAULT false,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "message_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "message_once" UNIQUE ("dedup_key"),
  CONSTRAINT "message_level" CHECK ("level" IN ('info', 'warning', 'critical'))
);
CREATE INDEX "message_page" ON "message" ("seq" DESC);
CREATE INDEX "message_of_incident" ON "message" ("incident_id", "seq");

CREATE TABLE "delivery" (
  "id" UUID NOT NULL,
  "message_id" UUID NOT NULL,
  "position" INTEGER NOT NULL,
  "channel" TEXT NOT NULL,
  "sink" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'due',
  "attempt" INTEGER NOT NULL DEFAULT 0,
  "next_at" TIMESTAMPTZ(3),
  "lease_until" TIMESTAMPTZ(3),
  "fence" INTEGER NOT NULL DEFAULT 0,
  "fallback_of" UUID,
  "external_ref" JSONB,
  "last_error" TEXT,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "delivery_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "delivery_message_id_fkey" FOREIGN KEY ("message_id") REFERENCES "message"("id") ON DELETE CASCADE,
  CONSTRAINT "delivery_once_per_channel" UNIQUE ("message_id", "channel"),
  CONSTRAINT "delivery_state" CHECK ("state" IN ('due', 'sending', 'delivered', 'failed', 'cancelled'))
);
CREATE INDEX "delivery_due" ON "delivery" ("next_at") WHERE "state" IN ('due', 'sending');

CREATE TABLE "delivery_attempt" (
  "delivery_id" UUID NOT NULL,
  "number" INTEGER NOT NULL,
  "started_at" TIMESTAMPTZ(3) NOT NULL,
  "ended_at" TIMESTAMPTZ(3),
  "outcome" TEXT NOT NULL,
  "http_status" INTEGER,
  "latency_ms" INTEGER,
  "error" TEXT,
  CONSTRAINT "delivery_attempt_pkey" PRIMARY KEY ("delivery_id", "number"),
  CONSTRAINT "delivery_attempt_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "delivery"("id") ON DELETE CASCADE,
  CONSTRAINT "delivery_attempt_outcome" CHECK ("outcome" IN ('sending', 'delivered', 'retry', 'failed', 'unknown'))
);

CREATE TABLE "channel_circuit" (
  "channel" TEXT NOT NULL,
  "failures" INTEGER NOT NULL DEFAULT 0,
  "open_until" TIMESTAMPTZ(3),
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "channel_circuit_pkey" PRIMARY KEY ("channel")
);

ALTER TABLE "incident"
  ADD COLUMN "slack_channel" TEXT,
  ADD COLUMN "slack_ts" TEXT,
  ADD COLUMN "slack_url" TEXT,
  ADD COLUMN "pagerduty_state" TEXT,
  ADD COLUMN "pagerduty_acknowledged_by" TEXT,
  ADD COLUMN "issue_number" INTEGER,
  ADD COLUMN "issue_url" TEXT,
  ADD COLUMN "owner_id" TEXT,
  ADD COLUMN "owner_name" TEXT,
  ADD COLUMN "rca_due_at" TIMESTAMPTZ(3);

CREATE TABLE "incident_step" (
  "incident_id" UUID NOT NULL,
  "step" TEXT NOT NULL,
  "position" INTEGER NOT NULL,
  "due_at" TIMESTAMPTZ(3),
  "done_at" TIMESTAMPTZ(3),
  "done_by_id" TEXT,
  "done_by_name" TEXT,
  "evidence" JSONB NOT NULL DEFAULT '{}',
  "comment" TEXT NOT NULL DEFAULT '',
  "reminded_at" TIMESTAMPTZ(3),
  CONSTRAINT "incident_step_pkey" PRIMARY KEY ("incident_id", "step"),
  CONSTRAINT "incident_step_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE RESTRICT,
  CONSTRAINT "incident_step_step" CHECK ("step" IN ('received', 'escalation', 'rollback', 'rca', 'closure'))
);

CREATE TABLE "incident_event" (
  "id" UUID NOT NULL,
  "incident_id" UUID NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "kind" TEXT NOT NULL,
  "actor_name" TEXT NOT NULL,
  "details" JSONB NOT NULL DEFAULT '{}',
  "dedup_key" TEXT NOT NULL,
  CONSTRAINT "incident_event_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "incident_event_once" UNIQUE ("dedup_key"),
  CONSTRAINT "incident_event_incident_id_fkey" FOREIGN KEY ("incident_id") REFERENCES "incident"("id") ON DELETE RESTRICT
);
CREATE INDEX "incident_event_timeline" ON "incident_event" ("incident_id", "at");

CREATE TABLE "report_file" (
  "path" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "content" TEXT NOT NULL,
  "sha256" TEXT NOT NULL,
  "incident_id" UUID,
  "rollout_id" TEXT,
  "dry_run" BOOLEAN NOT NULL DEFAULT false,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "report_file_pkey" PRIMARY KEY ("path"),
  CONSTRAINT "report_file_kind" CHECK ("kind" IN ('alert', 'rca', 'daily', 'rehearsal', 'runbook'))
);
CREATE INDEX "report_file_page" ON "report_file" ("kind", "created_at" DESC);
