import { createHmac, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { env } from '#lib/config/server.ts';
import type { Actor } from './actor.ts';
import { actorOfKeyId } from './api-key.store.ts';

/**
 * A secret for the address of an event stream, where a browser cannot send a header: it stands for the API key without
 * containing it, and opens nothing but streams. It ends when the key does. Errors: the environment's.
 */
export function streamTicket(keyId: string): string {
  return `${keyId}.${seal(keyId)}`;
}

/** Who a ticket speaks for; null when it is not ours or its key does not count now. Errors: the database's. */
export async function actorOfStreamTicket(ticket: string, now: Date): Promise<Actor | null> {
  const [keyId = '', proof = ''] = ticket.split('.');
  const expected = Buffer.from(seal(keyId));
  const given = Buffer.from(proof);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  return z.uuid().safeParse(keyId).success ? await actorOfKeyId(keyId, now) : null;
}

function seal(keyId: string): string {
  return createHmac('sha256', env().nextauthSecret).update(`event-stream:${keyId}`).digest('base64url');
}
