import { z } from 'zod';
import { fetchJson, postJson } from './fetch-json.ts';

const USERS = '/api/v1/users';
const KEYS = '/api/v1/keys';
const OWN_KEYS = '/api/v1/account/keys';

const JSON_HEADERS = { 'content-type': 'application/json' };

type NewPerson = { email: string; name: string; roles: string[]; password?: string };
type PersonChange = { name?: string; roles?: string[]; disabled?: boolean; password?: string };
type NewKey = { name: string; scopes: string[]; expiresInDays?: number };
type Setup = { token: string; email: string; name: string; password: string };

const CreatedUserSchema = z.object({ id: z.string(), oneTimePassword: z.string().nullable() });
const ChangedUserSchema = z.object({ oneTimePassword: z.string().nullable() });
const ChangedPasswordSchema = z.object({ sessionsEnded: z.number() });
const CreatedKeySchema = z.object({ key: z.string() });

/** Adds a person; the made-up password, if any, is in the answer and nowhere else. */
export function addUser(user: NewPerson): Promise<z.infer<typeof CreatedUserSchema>> {
  return postJson(CreatedUserSchema, USERS, user);
}

/** Changes name, roles, password or whether somebody may sign in; a password that was made up is in the answer only. */
export function changeUser(userId: string, change: PersonChange): Promise<z.infer<typeof ChangedUserSchema>> {
  return fetchJson(ChangedUserSchema, `${USERS}/${encodeURIComponent(userId)}`, {
    method: 'PATCH',
    headers: JSON_HEADERS,
    body: JSON.stringify(change),
  });
}

/** Says who a person is in Slack; null: nobody any more. Errors: RequestFailed; 409 `slack_user_taken`. */
export function linkSlack(userId: string, slackUserId: string | null): Promise<unknown> {
  const url = `${USERS}/${encodeURIComponent(userId)}/slack`;
  return slackUserId === null
    ? fetchJson(z.unknown(), url, { method: 'DELETE' })
    : fetchJson(z.unknown(), url, {
        method: 'PUT',
        headers: JSON_HEADERS,
        body: JSON.stringify({ slackUserId }),
      });
}

/** Makes the first administrator with the token of the one-time link. */
export function setUpAdministrator(setup: Setup): Promise<unknown> {
  return postJson(z.unknown(), `${USERS}/first-administrator`, setup);
}

/** Changes the password of whoever is signed in. Errors: RequestFailed; 403 `password_wrong`, 429 after too many slips. */
export function changeOwnPassword(change: {
  currentPassword: string;
  newPassword: string;
}): Promise<z.infer<typeof ChangedPasswordSchema>> {
  return postJson(ChangedPasswordSchema, '/api/v1/account/password', change);
}

/** Makes an API key; the key is in the answer and nowhere else. */
export function addApiKey(key: NewKey): Promise<z.infer<typeof CreatedKeySchema>> {
  return postJson(CreatedKeySchema, KEYS, key);
}

/** Ends an API key for good. */
export function revokeKey(keyId: string): Promise<unknown> {
  return fetchJson(z.unknown(), `${KEYS}/${encodeURIComponent(keyId)}`, { method: 'DELETE' });
}

/** Makes a key that acts as whoever is signed in; it is in the answer and nowhere else. */
export function addPersonalKey(key: {
  name: string;
  expiresInDays: number;
}): Promise<z.infer<typeof CreatedKeySchema>> {
  return postJson(CreatedKeySchema, OWN_KEYS, key);
}

/** Ends a key of whoever is signed in. */
export function revokeOwnKey(keyId: string): Promise<unknown> {
  return fetchJson(z.unknown(), `${OWN_KEYS}/${encodeURIComponent(keyId)}`, { method: 'DELETE' });
}
