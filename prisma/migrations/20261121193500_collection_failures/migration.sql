-- What is known of a telemetry source that cannot be read (COL-5), and whose telemetry it holds: the Analyzer judges by it.

ALTER TABLE "telemetry_source"
  ADD COLUMN "failure" TEXT,
  ADD COLUMN "failure_retryable" BOOLEAN,
  ADD COLUMN "failing_since" TIMESTAMPTZ(3),
  ADD COLUMN "recovered_at" TIMESTAMPTZ(3),
  ADD COLUMN "failed_looks" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "feeds" TEXT[] NOT NULL DEFAULT '{}';
CREATE INDEX "telemetry_source_failing" ON "telemetry_source" ("failing_since") WHERE "failing_since" IS NOT NULL;

ALTER TABLE "rollback_request"
  DROP CONSTRAINT "rollback_request_cause",
  ADD CONSTRAINT "rollback_request_cause"
    CHECK ("cause" IN ('verdict', 'slo_unmet', 'fast_lane', 'violation_event', 'source_lost'));
