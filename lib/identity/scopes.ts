import { z } from 'zod';

/** What an API key may do. A key has no roles: only what is listed here and was chosen when it was made. */
export const API_SCOPES = [
  'ingest:events',
  'read:flags',
  'read:metrics',
  'read:verdicts',
  'write:rollback',
] as const;
export const ApiScopeSchema = z.enum(API_SCOPES);
export type ApiScope = z.infer<typeof ApiScopeSchema>;
