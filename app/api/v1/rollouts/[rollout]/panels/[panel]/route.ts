import { z } from 'zod';
import { PanelQuerySchema } from '#lib/dashboard/index.ts';
import { readPanel } from '#lib/dashboard/server.ts';
import { found } from '#lib/http/index.ts';
import { route } from '#lib/http/server.ts';

/** GET /api/v1/rollouts/{rollout}/panels/{panel}?range=2h|24h|7d|30d|90d&from=…&to=…: one panel, or a stretch of it (DASH-1 … DASH-4). */
export const GET = route({
  auth: 'either',
  scopes: ['read:metrics'],
  params: z.strictObject({ rollout: z.string().min(1).max(64), panel: z.string().min(1).max(64) }),
  query: PanelQuerySchema,
  run: async ({ params, query, now }) => {
    return found(
      await readPanel(params.rollout, params.panel, query, now),
      `panel ${params.panel} of rollout ${params.rollout}`,
    );
  },
});
