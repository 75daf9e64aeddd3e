import { describe, expect, it } from 'vitest';
import { generatePassword, hashPassword, passwordMatches } from './password.ts';
import {
  ChangeOwnPasswordSchema,
  CreateUserSchema,
  PASSWORD_MIN_LENGTH,
  UpdateUserSchema,
} from './users.schema.ts';

describe('passwords', () => {
  it('are kept as argon2id with the cost that OWASP names, salted each time', async () => {
    const [one, two] = await Promise.all([hashPassword('a long password'), hashPassword('a long password')]);
    expect(one).toMatch(/^\$argon2id\$v=19\$m=19456,t=2,p=1\$/);
    expect(one).not.toBe(two);
  });

  it('match only themselves', async () => {
    const stored = await hashPassword('a long password');
    expect(await passwordMatches(stored, 'a long password')).toBe(true);
    expect(await passwordMatches(stored, 'a long passworD')).toBe(false);
  });

  it('never match where there is no account', async () => {
    expect(await passwordMatches(null, 'a long password')).toBe(false);
  });

  it('have at least twelve characters when a person picks them', () => {
    const user = { email: 'a@example.org', name: 'A', roles: ['viewer'] };
    const own = { currentPassword: 'x' };
    const tooShort = 'x'.repeat(PASSWORD_MIN_LENGTH - 1);
    expect(CreateUserSchema.safeParse({ ...user, password: tooShort }).success).toBe(false);
    expect(CreateUserSchema.safeParse({ ...user, password: `${tooShort}x` }).success).toBe(true);
    expect(UpdateUserSchema.safeParse({ password: tooShort }).success).toBe(false);
    expect(ChangeOwnPasswordSchema.safeParse({ ...own, newPassword: tooShort }).success).toBe(false);
    expect(ChangeOwnPasswordSchema.safeParse({ ...own, newPassword: `${tooShort}x` }).success).toBe(true);
    expect(UpdateUserSchema.safeParse({ password: 'generate' }).data).toEqual({ password: 'generate' });
  });

  it('are long and all different when they are made up', () => {
    const made = Array.from({ length: 200 }, generatePassword);
    expect(new Set(made).size).toBe(200);
    for (const password of made) expect(password).toHaveLength(20);
  });
});
