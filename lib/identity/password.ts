import { randomBytes } from 'node:crypto';
import { hash, verify } from '@node-rs/argon2';

// argon2id (the library's default kind). Source: OWASP Password Storage Cheat Sheet, 19 MiB, 2 passes, 1 lane.
const COST = { memoryCost: 19_456, timeCost: 2, parallelism: 1 };

/** The argon2id hash of a password, in PHC string form. Takes some 30 ms of one core. */
export function hashPassword(password: string): Promise<string> {
  return hash(password, COST);
}

let decoyHash: Promise<string> | undefined;

/**
 * Whether the password fits the stored hash. Without a stored hash (no such account, or one that signs in elsewhere)
 * the same work is done against a decoy, so that the time taken says nothing about who has an account.
 */
export async function passwordMatches(storedHash: string | null, password: string): Promise<boolean> {
  decoyHash ??= hashPassword(randomBytes(24).toString('base64url'));
  const matches = await verify(storedHash ?? (await decoyHash), password);
  return storedHash !== null && matches;
}

/** A password to show once: 120 random bits, 20 characters. */
export function generatePassword(): string {
  return randomBytes(15).toString('base64url');
}
