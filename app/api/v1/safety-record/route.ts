import { readSafetyRecord } from '#lib/dashboard/server.ts';
import { route } from '#lib/http/server.ts';

export const dynamic = 'force-dynamic';

/** GET /api/v1/safety-record: stops that have ended, reviews and incidents. */
export const GET = route({ auth: 'person', run: ({ actor, now }) => readSafetyRecord(actor, now) });
