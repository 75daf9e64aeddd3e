import type { AuthOptions, Profile } from 'next-auth';
import CredentialsModule from 'next-auth/providers/credentials';
import GitHubModule from 'next-auth/providers/github';
import { z } from 'zod';
import { env, log } from '#lib/config/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { safeCallbackUrl } from './callback-url.ts';
import { defaultExport } from './default-export.ts';
import { userOfGitHubAccount } from './github-account.store.ts';
import { actorOfSession, openSession, revokeSession } from './session.store.ts';
import { sessionCookieName } from './session-cookie.ts';
import { checkPassword } from './sign-in.run.ts';

const GitHubProfileSchema = z.object({
  id: z.union([z.int().positive(), z.string().regex(/^[1-9]\d*$/)]).transform(String),
  login: z.string().min(1),
  name: z.string().nullish(),
});
const TokenSchema = z.object({ sid: z.uuid() });

function gitHubIdentity(profile: Profile | undefined) {
  const { id, login, name } = GitHubProfileSchema.parse(profile);
  return { accountId: id, login, name: name?.trim() || login };
}

/**
 * next-auth's settings for one request. The cookie carries a session id and nothing else; who that is and what they
 * may do is read from the database at every request (docs/adr/0004-sessions.md).
 */
export function authOptions(request: {
  secure: boolean;
  from: string;
  signIn: Policy['signIn'];
  now: Date;
}): AuthOptions {
  const { secure, from, signIn, now } = request;
  const open = (userId: string, method: 'password' | 'github') =>
    openSession({ userId, method, lastsSeconds: signIn.sessionSeconds, now });
  const personOf = (profile: Profile | undefined) =>
    userOfGitHubAccount(gitHubIdentity(profile), { newAccountRole: signIn.newAccountRole, now });
  const { github } = env();
  const logger = log('next-auth');
  const credentials = defaultExport(CredentialsModule)({
    credentials: { email: {}, password: {} },
    async authorize(input) {
      const result = await checkPassword(input, from, now);
      // next-auth hands the message of an error, and nothing else, to the sign-in page.
      if (result.outcome === 'too_many') throw new Error(`TooManyAttempts:${result.retryAfterSeconds}`);
      return result.outcome === 'signed_in' ? { id: result.userId } : null;
    },
  });
  const gitHub = github && [
    defaultExport(GitHubModule)({
      clientId: github.clientId,
      clientSecret: github.clientSecret,
      authorization: { params: { scope: 'read:user' } },
      // next-auth's own request also asks for the account's e-mail addresses, which nobody needs here.
      userinfo: { request: ({ client, tokens }) => client.userinfo(tokens.access_token ?? '') },
    }),
  ];
  return {
    providers: [credentials, ...(gitHub ?? [])],
    secret: env().nextauthSecret,
    useSecureCookies: secure,
    session: { strategy: 'jwt', maxAge: signIn.sessionSeconds },
    pages: { signIn: '/signin', signOut: '/signin', error: '/signin' },
    cookies: {
      sessionToken: {
        name: sessionCookieName(secure),
        options: { httpOnly: true, sameSite: 'lax', path: '/', secure },
      },
    },
    logger: {
      error: (code, metadata) => logger.warn({ code, err: metadata }, 'sign-in did not work'),
      warn: (code) => logger.debug({ code }, 'next-auth warns'),
      debug: (code) => logger.trace({ code }, 'next-auth'),
    },
    callbacks: {
      redirect: ({ url, baseUrl }) => safeCallbackUrl(url, baseUrl),
      async signIn({ account, profile }) {
        if (account?.provider !== 'github') return true;
        return (await personOf(profile)) !== null;
      },
      async jwt({ token, account, profile, user }) {
        if (!account) return { sid: token.sid };
        if (account.provider !== 'github') return { sid: await open(user.id, 'password') };
        const userId = await personOf(profile);
        if (userId === null) throw new Error('the account was disabled during sign-in');
        return { sid: await open(userId, 'github') };
      },
      async session({ session, token }) {
        const { sid } = TokenSchema.parse(token);
        const actor = await actorOfSession(sid, now);
        if (!actor) throw new Error('the session is over');
        return { expires: session.expires, user: { name: actor.name } };
      },
    },
    events: {
      async signOut({ token }) {
        await revokeSession(TokenSchema.parse(token).sid, now);
      },
    },
  };
}
