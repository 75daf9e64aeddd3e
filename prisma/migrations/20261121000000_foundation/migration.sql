CREATE TABLE "policy_version" (
  "hash" TEXT NOT NULL,
  "policy_yaml" TEXT NOT NULL,
  "events_yaml" TEXT NOT NULL,
  "applied_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "applied_by" TEXT NOT NULL,
  CONSTRAINT "policy_version_pkey" PRIMARY KEY ("hash")
);

CREATE TABLE "telemetry_source" (
  "id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "identity" TEXT NOT NULL,
  "offset_bytes" BIGINT NOT NULL DEFAULT 0,
  "line_count" BIGINT NOT NULL DEFAULT 0,
  "state" TEXT NOT NULL DEFAULT 'active',
  "last_error" TEXT,
  "first_seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "last_read_at" TIMESTAMPTZ(3),
  CONSTRAINT "telemetry_source_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "telemetry_batch" (
  "id" UUID NOT NULL,
  "source_id" UUID NOT NULL,
  "start_offset" BIGINT NOT NULL,
  "end_offset" BIGINT NOT NULL,
  "first_line" BIGINT NOT NULL,
  "sha256" TEXT NOT NULL,
  "idempotency_key" TEXT,
  "state" TEXT NOT NULL DEFAULT 'received',
  "line_count" BIGINT NOT NULL DEFAULT 0,
  "event_count" BIGINT NOT NULL DEFAULT 0,
  "excluded_count" BIGINT NOT NULL DEFAULT 0,
  "late_count" BIGINT NOT NULL DEFAULT 0,
  "quarantined_count" BIGINT NOT NULL DEFAULT 0,
  "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "counted_at" TIMESTAMPTZ(3),
  "min_ts" TIMESTAMPTZ(3),
  "max_ts" TIMESTAMPTZ(3),
  CONSTRAINT "telemetry_batch_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "telemetry_batch_payload" (
  "batch_id" UUID NOT NULL,
  "body_gzip" BYTEA NOT NULL,
  "byte_count" BIGINT NOT NULL,
  CONSTRAINT "telemetry_batch_payload_pkey" PRIMARY KEY ("batch_id")
);

CREATE TABLE "telemetry_quarantine" (
  "id" BIGSERIAL NOT NULL,
  "batch_id" UUID,
  "source_name" TEXT NOT NULL,
  "line_number" BIGINT NOT NULL,
  "byte_offset" BIGINT NOT NULL,
  "byte_length" BIGINT NOT NULL,
  "reason" TEXT NOT NULL,
  "field" TEXT,
  "message" TEXT NOT NULL,
  "raw" TEXT NOT NULL,
  "raw_truncated" BOOLEAN NOT NULL DEFAULT false,
  "state" TEXT NOT NULL DEFAULT 'open',
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "resolved_at" TIMESTAMPTZ(3),
  "resolved_by" TEXT,
  "replayed_batch_id" UUID,
  CONSTRAINT "telemetry_quarantine_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "telemetry_window" (
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "window_start" TIMESTAMPTZ(3) NOT NULL,
  "event" TEXT NOT NULL,
  "tag_set" TEXT NOT NULL,
  "dims" TEXT NOT NULL,
  "field" TEXT NOT NULL,
  "count" BIGINT NOT NULL,
  "sum" DOUBLE PRECISION NOT NULL,
  "min" DOUBLE PRECISION,
  "max" DOUBLE PRECISION,
  "zero_count" BIGINT NOT NULL DEFAULT 0,
  "bucket_index" INTEGER[] NOT NULL,
  "bucket_count" BIGINT[] NOT NULL,
  "line_value" DOUBLE PRECISION[] NOT NULL,
  "line_past" BIGINT[] NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "telemetry_window_pkey" PRIMARY KEY ("rollout_id", "phase", "window_start", "event", "tag_set", "dims", "field")
);

CREATE TABLE "cycle" (
  "window_start" TIMESTAMPTZ(3) NOT NULL,
  "window_end" TIMESTAMPTZ(3) NOT NULL,
  "origin" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'due',
  "collected_at" TIMESTAMPTZ(3),
  "analyzed_at" TIMESTAMPTZ(3),
  "reported_at" TIMESTAMPTZ(3),
  "missed_slots" TEXT[] NOT NULL DEFAULT '{}',
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "cycle_pkey" PRIMARY KEY ("window_start")
);

CREATE TABLE "verdict" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "window_start" TIMESTAMPTZ(3) NOT NULL,
  "window_end" TIMESTAMPTZ(3) NOT NULL,
  "revision" INTEGER NOT NULL,
  "is_latest" BOOLEAN NOT NULL DEFAULT true,
  "verdict" TEXT NOT NULL,
  "slo_met" BOOLEAN,
  "breach" BOOLEAN NOT NULL,
  "rollback_required" BOOLEAN NOT NULL,
  "rollback_to" TEXT,
  "notify_level" TEXT NOT NULL,
  "retryable_failures" BIGINT NOT NULL,
  "policy_hash" TEXT NOT NULL,
  "input_hash" TEXT NOT NULL,
  "metrics" JSONB NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "verdict_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "metric_reading" (
  "verdict_id" UUID NOT NULL,
  "metric" TEXT NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "window_start" TIMESTAMPTZ(3) NOT NULL,
  "is_latest" BOOLEAN NOT NULL DEFAULT true,
  "value" DOUBLE PRECISION,
  "limit_value" DOUBLE PRECISION,
  "warn_value" DOUBLE PRECISION,
  "verdict" TEXT NOT NULL,
  "samples" BIGINT NOT NULL,
  "reason" TEXT NOT NULL,
  CONSTRAINT "metric_reading_pkey" PRIMARY KEY ("verdict_id", "metric")
);

CREATE TABLE "rollout" (
  "id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "state" TEXT NOT NULL DEFAULT 'running',
  "version" INTEGER NOT NULL DEFAULT 1,
  "phase_entered_at" TIMESTAMPTZ(3) NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "rollout_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "phase_change" (
  "id" UUID NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "kind" TEXT NOT NULL,
  "from_phase" TEXT,
  "to_phase" TEXT NOT NULL,
  "decision_key" TEXT NOT NULL,
  "trigger" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "actor_id" TEXT NOT NULL,
  "actor_name" TEXT NOT NULL,
  "flags_before" JSONB NOT NULL,
  "flags_after" JSONB NOT NULL,
  "rollout_version" INTEGER NOT NULL,
  "policy_hash" TEXT NOT NULL,
  "verdict_id" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "phase_change_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "flag_state" (
  "flag_key" TEXT NOT NULL,
  "rollout_id" TEXT NOT NULL,
  "phase" TEXT NOT NULL,
  "value" JSONB NOT NULL,
  "audience" TEXT NOT NULL,
  "exposure_ratio" DOUBLE PRECISION NOT NULL,
  "version" INTEGER NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "flag_state_pkey" PRIMARY KEY ("flag_key", "rollout_id")
);

CREATE TABLE "app_user" (
  "id" UUID NOT NULL,
  "email" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "password_hash" TEXT,
  "disabled_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "app_user_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "user_role" (
  "user_id" UUID NOT NULL,
  "role" TEXT NOT NULL,
  "granted_by" TEXT NOT NULL,
  "granted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "user_role_pkey" PRIMARY KEY ("user_id", "role")
);

CREATE TABLE "user_account" (
  "provider" TEXT NOT NULL,
  "provider_account_id" TEXT NOT NULL,
  "user_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "user_account_pkey" PRIMARY KEY ("provider", "provider_account_id")
);

CREATE TABLE "user_session" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "revoked_at" TIMESTAMPTZ(3),
  CONSTRAINT "user_session_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "setup_token" (
  "token_sha256" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "used_at" TIMESTAMPTZ(3),
  CONSTRAINT "setup_token_pkey" PRIMARY KEY ("token_sha256")
);

CREATE TABLE "api_key" (
  "id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "prefix" TEXT NOT NULL,
  "key_sha256" TEXT NOT NULL,
  "scopes" TEXT[] NOT NULL,
  "created_by" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "expires_at" TIMESTAMPTZ(3),
  "revoked_at" TIMESTAMPTZ(3),
  "last_used_at" TIMESTAMPTZ(3),
  CONSTRAINT "api_key_pkey" PRIMARY KEY ("id")
);

CREATE TABLE "audit_entry" (
  "seq" BIGINT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "actor_id" TEXT NOT NULL,
  "actor_name" TEXT NOT NULL,
  "action" TEXT NOT NULL,
  "subject" TEXT NOT NULL,
  "reason" TEXT NOT NULL,
  "details" JSONB NOT NULL,
  "prev_hash" TEXT NOT NULL,
  "hash" TEXT NOT NULL,
  CONSTRAINT "audit_entry_pkey" PRIMARY KEY ("seq")
);

CREATE TABLE "job_function" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "config" JSONB NOT NULL,
  "registered_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "removed_at" TIMESTAMPTZ(3),
  "next_at" TIMESTAMPTZ(3),
  CONSTRAINT "job_function_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "job_run" (
  "id" UUID NOT NULL,
  "seq" BIGSERIAL NOT NULL,
  "function_id" TEXT NOT NULL,
  "event_id" TEXT NOT NULL,
  "event" JSONB NOT NULL,
  "state" TEXT NOT NULL,
  "attempt" INTEGER NOT NULL DEFAULT 0,
  "wake_seq" INTEGER NOT NULL DEFAULT 0,
  "parallel" BOOLEAN NOT NULL DEFAULT false,
  "concurrency_keys" TEXT[] NOT NULL DEFAULT '{}',
  "output" JSONB,
  "error" JSONB,
  "parent_run_id" UUID,
  "parent_step_id" TEXT,
  "lease_until" TIMESTAMPTZ(3),
  "lease_owner" TEXT,
  "fence" INTEGER NOT NULL DEFAULT 0,
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "started_at" TIMESTAMPTZ(3),
  "ended_at" TIMESTAMPTZ(3),
  "next_at" TIMESTAMPTZ(3),
  CONSTRAINT "job_run_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "job_run_state" CHECK ("state" IN ('queued', 'waiting', 'completed', 'failed', 'cancelled'))
);
CREATE TABLE "job_step" (
  "run_id" UUID NOT NULL,
  "step_id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "op" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "position" INTEGER,
  "attempt" INTEGER NOT NULL DEFAULT 0,
  "data" JSONB,
  "error" JSONB,
  "wait_event" TEXT,
  "wait_if" TEXT,
  "lease_until" TIMESTAMPTZ(3),
  "lease_owner" TEXT,
  "fence" INTEGER NOT NULL DEFAULT 0,
  "next_at" TIMESTAMPTZ(3),
  "wake_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "ended_at" TIMESTAMPTZ(3),
  CONSTRAINT "job_step_pkey" PRIMARY KEY ("run_id", "step_id"),
  CONSTRAINT "job_step_state" CHECK ("state" IN ('planned', 'completed', 'failed', 'sleeping', 'waiting'))
);
CREATE TABLE "job_event" (
  "id" TEXT NOT NULL,
  "name" TEXT NOT NULL,
  "event" JSONB NOT NULL,
  "received_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  CONSTRAINT "job_event_pkey" PRIMARY KEY ("id")
);
CREATE TABLE "job_runner" (
  "id" TEXT NOT NULL,
  "app_url" TEXT NOT NULL,
  "started_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "seen_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
  "trouble" TEXT,
  CONSTRAINT "job_runner_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "telemetry_source_by_identity" ON "telemetry_source"("kind", "identity");
CREATE UNIQUE INDEX "telemetry_batch_once_per_position" ON "telemetry_batch"("source_id", "start_offset");
CREATE UNIQUE INDEX "telemetry_batch_once_per_request" ON "telemetry_batch"("source_id", "idempotency_key");
CREATE INDEX "telemetry_batch_to_count" ON "telemetry_batch"("state", "received_at");
CREATE INDEX "telemetry_batch_by_content" ON "telemetry_batch"("source_id", "sha256");
CREATE INDEX "telemetry_quarantine_page" ON "telemetry_quarantine"("state", "id" DESC);
CREATE INDEX "telemetry_quarantine_by_batch" ON "telemetry_quarantine"("batch_id");
CREATE INDEX "telemetry_window_by_time" ON "telemetry_window"("rollout_id", "window_start");
CREATE INDEX "cycle_unfinished" ON "cycle"("state", "window_start");
CREATE UNIQUE INDEX "verdict_once_per_revision" ON "verdict"("rollout_id", "phase", "window_start", "revision");
CREATE INDEX "verdict_history" ON "verdict"("rollout_id", "window_start" DESC);
CREATE INDEX "metric_reading_series" ON "metric_reading"("rollout_id", "metric", "window_start");
CREATE UNIQUE INDEX "phase_change_once_per_decision" ON "phase_change"("decision_key");
CREATE INDEX "phase_change_history" ON "phase_change"("rollout_id", "created_at" DESC);
CREATE UNIQUE INDEX "app_user_email" ON "app_user"("email");
CREATE INDEX "user_session_by_user" ON "user_session"("user_id");
CREATE UNIQUE INDEX "api_key_by_hash" ON "api_key"("key_sha256");
CREATE UNIQUE INDEX "audit_entry_hash" ON "audit_entry"("hash");
CREATE INDEX "audit_entry_by_subject" ON "audit_entry"("subject", "seq" DESC);
CREATE UNIQUE INDEX "job_run_once_per_event" ON "job_run"("function_id", "event_id");
CREATE UNIQUE INDEX "job_run_page" ON "job_run"("seq");
CREATE INDEX "job_run_history" ON "job_run"("function_id", "seq" DESC);
CREATE INDEX "job_run_unfinished" ON "job_run"("state", "next_at");
CREATE INDEX "job_run_being_called" ON "job_run"("lease_until");
CREATE INDEX "job_run_by_parent" ON "job_run"("parent_run_id");
CREATE INDEX "job_run_to_prune" ON "job_run"("ended_at");
CREATE INDEX "job_step_to_call" ON "job_step"("state", "next_at");
CREATE INDEX "job_step_to_wake" ON "job_step"("state", "wake_at");
CREATE INDEX "job_step_waiting_for" ON "job_step"("wait_event");
CREATE INDEX "job_step_being_called" ON "job_step"("lease_until");
CREATE INDEX "job_event_by_name" ON "job_event"("name", "received_at" DESC);
CREATE INDEX "job_event_to_prune" ON "job_event"("received_at");

ALTER TABLE "telemetry_batch" ADD CONSTRAINT "telemetry_batch_source_id_fkey" FOREIGN KEY ("source_id") REFERENCES "telemetry_source"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "telemetry_batch_payload" ADD CONSTRAINT "telemetry_batch_payload_batch_id_fkey" FOREIGN KEY ("batch_id") REFERENCES "telemetry_batch"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "metric_reading" ADD CONSTRAINT "metric_reading_verdict_id_fkey" FOREIGN KEY ("verdict_id") REFERENCES "verdict"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "phase_change" ADD CONSTRAINT "phase_change_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "flag_state" ADD CONSTRAINT "flag_state_rollout_id_fkey" FOREIGN KEY ("rollout_id") REFERENCES "rollout"("id") ON DELETE RESTRICT ON UPDATE CASCADE;
ALTER TABLE "user_role" ADD CONSTRAINT "user_role_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "user_account" ADD CONSTRAINT "user_account_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "user_session" ADD CONSTRAINT "user_session_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "app_user"("id") ON DELETE CASCADE ON UPDATE CASCADE;
ALTER TABLE "job_step" ADD CONSTRAINT "job_step_run_id_fkey" FOREIGN KEY ("run_id") REFERENCES "job_run"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Merges two sparse histograms (ascending indexes beside their counts) without leaving the database,
-- so that adding a batch to a window is one statement (COL-2).
CREATE FUNCTION phasegate_merge_index(a_index INTEGER[], a_count BIGINT[], b_index INTEGER[], b_count BIGINT[],
                                      OUT merged_index INTEGER[], OUT merged_count BIGINT[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(i ORDER BY i), '{}'), coalesce(array_agg(c ORDER BY i), '{}')
  FROM (SELECT i, sum(c)::bigint AS c
        FROM (SELECT unnest(a_index) AS i, unnest(a_count) AS c
              UNION ALL SELECT unnest(b_index), unnest(b_count)) AS both_sides
        GROUP BY i) AS summed
$$;

-- Counts past policy lines add up only where both sides know the line: a line that one side did not count
-- is dropped, because a partial count would look exact.
CREATE FUNCTION phasegate_merge_lines(a_value DOUBLE PRECISION[], a_past BIGINT[], b_value DOUBLE PRECISION[], b_past BIGINT[],
                                      OUT merged_value DOUBLE PRECISION[], OUT merged_past BIGINT[])
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT coalesce(array_agg(v ORDER BY v), '{}'), coalesce(array_agg(p ORDER BY v), '{}')
  FROM (SELECT a.v, a.p + b.p AS p
        FROM (SELECT unnest(a_value) AS v, unnest(a_past) AS p) AS a
        JOIN (SELECT unnest(b_value) AS v, unnest(b_past) AS p) AS b USING (v)) AS common
$$;

-- The audit trail is written once (append-only) by whoever connects.
CREATE FUNCTION phasegate_refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION 'rows of % are append-only', TG_TABLE_NAME USING ERRCODE = 'insufficient_privilege';
END $$;

CREATE TRIGGER audit_entry_append_only BEFORE UPDATE OR DELETE ON "audit_entry"
  FOR EACH ROW EXECUTE FUNCTION phasegate_refuse_change();
CREATE TRIGGER audit_entry_no_truncate BEFORE TRUNCATE ON "audit_entry"
  FOR EACH STATEMENT EXECUTE FUNCTION phasegate_refuse_change();
CREATE TRIGGER phase_change_append_only BEFORE UPDATE OR DELETE ON "phase_change"
  FOR EACH ROW EXECUTE FUNCTION phasegate_refuse_change();
