import { z } from 'zod';
import { route } from '#lib/http/server.ts';
import { LinkSlackSchema } from '#lib/identity/index.ts';
import { linkSlackUser, unlinkSlackUser } from '#lib/identity/server.ts';

const params = z.strictObject({ userId: z.uuid() });

/** PUT /api/v1/users/{userId}/slack: who this person is in Slack; what they press there counts as theirs. */
export const PUT = route({
  auth: 'session',
  permission: 'manage_users',
  params,
  body: LinkSlackSchema,
  run: ({ actor, params: { userId }, body, now }) => linkSlackUser(userId, body.slackUserId, actor, now),
});

/** DELETE /api/v1/users/{userId}/slack: nobody presses for this person in Slack any more. */
export const DELETE = route({
  auth: 'session',
  permission: 'manage_users',
  params,
  run: ({ actor, params: { userId }, now }) => unlinkSlackUser(userId, actor, now),
});
