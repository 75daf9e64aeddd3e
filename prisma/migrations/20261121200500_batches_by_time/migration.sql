-- Which batches hold events of a window: the detail of a window asks, and there may be years of batches.
CREATE INDEX "telemetry_batch_by_time" ON "telemetry_batch"
  USING gist (tstzrange(LEAST("min_ts", "max_ts"), GREATEST("min_ts", "max_ts"), '[]')) WHERE "min_ts" IS NOT NULL;
