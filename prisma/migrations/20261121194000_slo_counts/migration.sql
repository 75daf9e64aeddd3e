-- What makes the committee's report quick and its cached counts impossible to outdate (DASH-4).

-- Rises in the transaction of everything that changes verdicts or slices of a rollout; writers take turns under its row.
CREATE TABLE "slo_revision" (
  "rollout_id" TEXT NOT NULL,
  "revision" BIGINT NOT NULL,
  CONSTRAINT "slo_revision_pkey" PRIMARY KEY ("rollout_id")
);

-- Attainment, coverage and policy versions of a year are read from this index alone.
CREATE INDEX "verdict_attainment" ON "verdict" ("rollout_id", "window_start") INCLUDE ("phase", "slo_met", "policy_hash")
  WHERE "is_latest";

-- The committee's reports of closed months are kept, too.
ALTER TABLE "report_file" DROP CONSTRAINT "report_file_kind";
ALTER TABLE "report_file" ADD CONSTRAINT "report_file_kind"
  CHECK ("kind" IN ('alert', 'rca', 'daily', 'rehearsal', 'runbook', 'slo'));
