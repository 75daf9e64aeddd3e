import { serve } from 'inngest/next';
import { inngest } from '#inngest/client.ts';
import { functions } from '#inngest/index.ts';

export const dynamic = 'force-dynamic';

/** Where an engine calls the functions, under signature. Nothing else is served here. */
export const { GET, POST, PUT } = serve({ client: inngest, functions });
