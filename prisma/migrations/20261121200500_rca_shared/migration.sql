-- When, by whom and where an RCA was shared (ROL-6).

ALTER TABLE "incident"
  ADD COLUMN "rca_shared_at" TIMESTAMPTZ(3),
  ADD COLUMN "rca_shared_by_id" TEXT,
  ADD COLUMN "rca_shared_by_name" TEXT,
  ADD COLUMN "rca_url" TEXT;
CREATE INDEX "incident_rca_owed" ON "incident" ("rca_due_at") WHERE "rca_shared_at" IS NULL;
