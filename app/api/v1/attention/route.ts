import { readAttention } from '#lib/dashboard/server.ts';
import { route } from '#lib/http/server.ts';

export const dynamic = 'force-dynamic';

/** GET /api/v1/attention: what is stopped, and what waits for whoever asks. */
export const GET = route({ auth: 'person', run: ({ actor, now }) => readAttention(actor, now) });
