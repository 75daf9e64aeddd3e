import { z } from 'zod';
import { type ApiScope, ProgramScopeSchema } from './scopes.ts';

const KeyNameSchema = z.string().trim().min(1).max(120);
const LifetimeSchema = z.int().min(1).max(3650);

/** A new key for a program. Without `expiresInDays` it lives until it is revoked. */
export const CreateApiKeySchema = z.strictObject({
  name: KeyNameSchema,
  scopes: z
    .array(ProgramScopeSchema)
    .min(1)
    .transform((scopes) => [...new Set(scopes)].sort()),
  expiresInDays: LifetimeSchema.optional(),
});
export type CreateApiKey = z.infer<typeof CreateApiKeySchema>;

/** A person's new key for themselves. Without `expiresInDays` it lives as long as the policy lets it. */
export const CreatePersonalKeySchema = z.strictObject({
  name: KeyNameSchema,
  expiresInDays: LifetimeSchema.optional(),
});
export type CreatePersonalKey = z.infer<typeof CreatePersonalKeySchema>;

export type ApiKeySummary = {
  id: string;
  name: string;
  prefix: string;
  scopes: ApiScope[];
  /** Acts as the person who made it; else it speaks for a program. */
  personal: boolean;
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
};
