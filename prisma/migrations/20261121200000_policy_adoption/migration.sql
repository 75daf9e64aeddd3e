-- Each time another version of the policy came into force, and whose change that was (PHA-6). A version that comes back has
-- another row; what was once said of an author is never rewritten.
CREATE TABLE "policy_adoption" (
  "seq" BIGINT GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  "hash" TEXT NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "source" TEXT NOT NULL CHECK ("source" IN ('git', 'environment', 'file', 'unknown')),
  "author" TEXT NOT NULL,
  "commit_id" TEXT,
  "note" TEXT NOT NULL DEFAULT '',
  "changed_at" TIMESTAMPTZ(3),
  CONSTRAINT "policy_adoption_of_version" FOREIGN KEY ("hash") REFERENCES "policy_version" ("hash")
);
CREATE INDEX "policy_adoption_by_hash" ON "policy_adoption" ("hash", "seq" DESC);

-- Versions of before there was such a record: nobody knows any more who changed them.
INSERT INTO "policy_adoption" ("hash", "at", "source", "author")
SELECT "hash", "applied_at", 'unknown', '' FROM "policy_version" ORDER BY "applied_at", "hash";

CREATE TRIGGER policy_adoption_append_only BEFORE UPDATE OR DELETE ON "policy_adoption"
  FOR EACH ROW EXECUTE FUNCTION phasegate_refuse_change();
CREATE TRIGGER policy_adoption_no_truncate BEFORE TRUNCATE ON "policy_adoption"
  FOR EACH STATEMENT EXECUTE FUNCTION phasegate_refuse_change();
