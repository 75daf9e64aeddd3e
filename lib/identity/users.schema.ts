import { z } from 'zod';
import { DEMO_DOMAIN, isDemoEmail } from './demo.ts';

/** Source: OWASP Authentication Cheat Sheet and NIST SP 800-63B-4 ask for length and nothing about characters. */
export const PASSWORD_MIN_LENGTH = 12;
/** Keeps hashing cheap for us; far above any real passphrase. */
export const PASSWORD_MAX_LENGTH = 256;

export const EmailSchema = z.string().trim().toLowerCase().max(254).pipe(z.email());
/** The address of somebody new. Those of the demo are refused: nobody could sign in with one anywhere else. */
const NewEmailSchema = EmailSchema.refine((email) => !isDemoEmail(email), {
  error: `addresses at ${DEMO_DOMAIN} belong to the demo and cannot sign in elsewhere`,
});
export const PersonNameSchema = z.string().trim().min(1).max(120);
export const PasswordSchema = z.string().min(PASSWORD_MIN_LENGTH).max(PASSWORD_MAX_LENGTH);
export const RoleListSchema = z
  .array(z.string().min(1))
  .min(1)
  .max(32)
  .transform((roles) => [...new Set(roles)].sort());

/** A new person. Without a password a one-time one is made up and shown once. */
export const CreateUserSchema = z.strictObject({
  email: NewEmailSchema,
  name: PersonNameSchema,
  roles: RoleListSchema,
  password: PasswordSchema.optional(),
});
export type CreateUser = z.infer<typeof CreateUserSchema>;

/** A change to a person; what is left out stays. `password: 'generate'` makes one up and shows it once. */
export const UpdateUserSchema = z
  .strictObject({
    name: PersonNameSchema.optional(),
    roles: RoleListSchema.optional(),
    disabled: z.boolean().optional(),
    password: z.union([z.literal('generate'), PasswordSchema]).optional(),
  })
  .refine((change) => Object.keys(change).length > 0, { error: 'nothing to change' });
export type UpdateUser = z.infer<typeof UpdateUserSchema>;

/** Who a person is in Slack: the member id, which never changes hands as names do. */
export const LinkSlackSchema = z.strictObject({
  slackUserId: z.string().regex(/^[UW][A-Z0-9]{2,30}$/, { error: 'a Slack member id, such as U024BE7LH' }),
});

/** What a sign-in takes for a password: longer ones are refused before anything is computed. */
export const GivenPasswordSchema = z.string().min(1).max(1024);

/** A person's own new password, and the proof that it is theirs. */
export const ChangeOwnPasswordSchema = z.strictObject({
  currentPassword: GivenPasswordSchema,
  newPassword: PasswordSchema,
});
export type ChangeOwnPassword = z.infer<typeof ChangeOwnPasswordSchema>;

/** The first administrator, made with the one-time link. */
export const SetupSchema = z.strictObject({
  token: z.string().min(1).max(200),
  email: NewEmailSchema,
  name: PersonNameSchema,
  password: PasswordSchema,
});
export type Setup = z.infer<typeof SetupSchema>;

export type UserSummary = {
  id: string;
  email: string;
  name: string;
  roles: string[];
  disabledAt: string | null;
  createdAt: string;
  signsInWith: ('password' | 'github')[];
  /** Who this person is in Slack: what they press there counts as theirs. */
  slackUserId: string | null;
};

/** A Slack member id. */
export const isSlackUserId = (text: string): boolean =>
  LinkSlackSchema.safeParse({ slackUserId: text }).success;
