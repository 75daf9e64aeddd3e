import { database } from '#lib/database/server.ts';
import { route } from '#lib/http/server.ts';

/** Whether this process answers and reaches its database. Nothing about the data. */
export const GET = route({
  auth: 'public',
  run: async () => {
    await database().$queryRaw`SELECT 1 AS alive`;
    return { status: 'ok' };
  },
});
