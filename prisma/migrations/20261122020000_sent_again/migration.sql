-- Where the attempts begin that belong to what a person asked for anew: what came before them says nothing of it (REP-3).
ALTER TABLE "delivery" ADD COLUMN "asked_after" INTEGER NOT NULL DEFAULT 0;
