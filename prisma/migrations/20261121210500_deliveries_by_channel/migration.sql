-- When each channel delivered last, without reading everything that was ever sent (REP-3).
CREATE INDEX "delivery_delivered_by_channel" ON "delivery"("channel", "ended_at" DESC NULLS LAST) WHERE "state" = 'delivered';
