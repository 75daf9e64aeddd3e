import { handleAuth } from '#lib/identity/server.ts';

type Context = { params: Promise<{ nextauth: string[] }> };

async function handle(request: Request, context: Context): Promise<Response> {
  return await handleAuth(request, (await context.params).nextauth);
}

export { handle as GET, handle as POST };
