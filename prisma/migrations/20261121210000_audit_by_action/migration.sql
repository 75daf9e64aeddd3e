-- Every action there is in one step each, and the entries of one action or kind of them, newest first (OPS-22).
CREATE INDEX "audit_entry_by_action" ON "audit_entry"("action", "seq" DESC);
