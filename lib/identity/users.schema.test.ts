import { expect, it } from 'vitest';
import { CreateUserSchema, SetupSchema } from './users.schema.ts';

const FIRST = { email: 'Ann@Example.org ', name: 'Ann', password: 'a long enough password' };

it('takes an address in any case, and none of the demo, with which nobody could sign in', () => {
  expect(SetupSchema.parse({ ...FIRST, token: 't' }).email).toBe('ann@example.org');
  for (const refused of [
    SetupSchema.safeParse({ ...FIRST, token: 't', email: 'ann@DEMO.phasegate.test' }),
    CreateUserSchema.safeParse({ ...FIRST, roles: ['viewer'], email: 'ann@demo.phasegate.test' }),
  ])
    expect(refused.error?.issues).toMatchObject([
      { path: ['email'], message: expect.stringContaining('belong to the demo') },
    ]);
});
