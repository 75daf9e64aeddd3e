import { serve } from 'inngest/next';
import type { NextRequest } from 'next/server';
import { inngest } from '#inngest/client.ts';
import { functions } from '#inngest/index.ts';

export const dynamic = 'force-dynamic';

const served = serve({ client: inngest, functions });

/** Where an engine calls the functions, under signature. Nothing else is served here. */
export const { GET, POST } = served;

/**
 * An engine asks which functions there are. Only in-band, where the SDK checks the signature: asked the other way it would
 * register the app at its engine for anybody who sends a PUT.
 */
export function PUT(request: NextRequest, context: unknown): Promise<Response> {
  if (request.headers.get('x-inngest-sync-kind') === 'in_band') return served.PUT(request, context);
  return Promise.resolve(
    Response.json({ message: 'Ask in-band and signed: x-inngest-sync-kind: in_band.' }, { status: 401 }),
  );
}
