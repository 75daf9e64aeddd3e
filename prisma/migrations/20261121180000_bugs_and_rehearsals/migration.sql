-- Bugs that people report (TEL-9), each counted as the telemetry event it is, and what rehearsals played (ROL-8).

CREATE TABLE "bug_report" (
  "id" UUID NOT NULL,
  "seq" BIGSERIAL NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "severity" TEXT NOT NULL,
  "title" TEXT NOT NULL,
  "text" TEXT NOT NULL,
  "link" TEXT,
  "dry_run" BOOLEAN NOT NULL DEFAULT false,
  "reporter_id" TEXT NOT NULL,
  "reporter_name" TEXT NOT NULL,
  "trigger" TEXT NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  "reported_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "bug_report_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "bug_report_once_per_request" UNIQUE ("reporter_id", "idempotency_key"),
  CONSTRAINT "bug_report_severity" CHECK ("severity" IN ('critical', 'major', 'minor'))
);
CREATE INDEX "bug_report_page" ON "bug_report" ("seq" DESC);
CREATE INDEX "bug_report_of_rollout" ON "bug_report" ("rollout_id", "seq" DESC);
CREATE TRIGGER bug_report_append_only BEFORE UPDATE OR DELETE ON "bug_report"
  FOR EACH ROW EXECUTE FUNCTION phasegate_refuse_change();

CREATE TABLE "rehearsal" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "played_at" TIMESTAMPTZ(3) NOT NULL,
  "actor_id" TEXT NOT NULL,
  "actor_name" TEXT NOT NULL,
  "path" TEXT NOT NULL,
  "facts" JSONB NOT NULL,
  "report" JSONB NOT NULL,
  CONSTRAINT "rehearsal_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "rehearsal_of_rollout" ON "rehearsal" ("rollout_id", "played_at" DESC);
CREATE TRIGGER rehearsal_append_only BEFORE UPDATE OR DELETE ON "rehearsal"
  FOR EACH ROW EXECUTE FUNCTION phasegate_refuse_change();
