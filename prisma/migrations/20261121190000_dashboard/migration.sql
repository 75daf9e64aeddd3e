-- What the dashboard adds: good and bad per window for error budgets (DASH-4), and deployments as markers on charts (DASH-1).

CREATE TABLE "slo_slice" (
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "metric" TEXT NOT NULL,
  "window_start" TIMESTAMPTZ(3) NOT NULL,
  "basis" TEXT NOT NULL,
  "good_count" BIGINT NOT NULL,
  "bad_count" BIGINT NOT NULL,
  "target_ratio" DOUBLE PRECISION NOT NULL,
  "policy_hash" TEXT NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "slo_slice_pkey" PRIMARY KEY ("rollout_id", "metric", "phase", "window_start"),
  CONSTRAINT "slo_slice_basis" CHECK ("basis" IN ('events', 'windows')),
  CONSTRAINT "slo_slice_counts" CHECK ("good_count" >= 0 AND "bad_count" >= 0),
  CONSTRAINT "slo_slice_target" CHECK ("target_ratio" >= 0 AND "target_ratio" <= 1)
);
CREATE INDEX "slo_slice_by_time" ON "slo_slice" ("rollout_id", "window_start");

CREATE TABLE "deployment" (
  "id" UUID NOT NULL,
  "seq" BIGSERIAL NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "version" TEXT NOT NULL,
  "url" TEXT,
  "deployed_at" TIMESTAMPTZ(3) NOT NULL,
  "recorded_at" TIMESTAMPTZ(3) NOT NULL,
  "actor_id" TEXT NOT NULL,
  "actor_name" TEXT NOT NULL,
  "idempotency_key" TEXT NOT NULL,
  CONSTRAINT "deployment_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "deployment_once_per_request" UNIQUE ("actor_id", "idempotency_key")
);
CREATE INDEX "deployment_by_time" ON "deployment" ("rollout_id", "deployed_at" DESC);
CREATE TRIGGER deployment_append_only BEFORE UPDATE OR DELETE ON "deployment"
  FOR EACH ROW EXECUTE FUNCTION phasegate_refuse_change();
