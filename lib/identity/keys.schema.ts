import { z } from 'zod';
import { type ApiScope, ApiScopeSchema } from './scopes.ts';

/** A new API key. Without `expiresInDays` it lives until it is revoked. */
export const CreateApiKeySchema = z.strictObject({
  name: z.string().trim().min(1).max(120),
  scopes: z
    .array(ApiScopeSchema)
    .min(1)
    .transform((scopes) => [...new Set(scopes)].sort()),
  expiresInDays: z.int().min(1).max(3650).optional(),
});
export type CreateApiKey = z.infer<typeof CreateApiKeySchema>;

export type ApiKeySummary = {
  id: string;
  name: string;
  prefix: string;
  scopes: ApiScope[];
  createdBy: string;
  createdAt: string;
  expiresAt: string | null;
  revokedAt: string | null;
  lastUsedAt: string | null;
};
