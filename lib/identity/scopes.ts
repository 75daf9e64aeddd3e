import { z } from 'zod';

/** What the key of a program may do. A program has no roles: only what is listed here and was chosen when the key was made. */
export const PROGRAM_SCOPES = [
  'ingest:events',
  'read:flags',
  'read:metrics',
  'read:verdicts',
  'write:deployments',
  'write:rollback',
] as const;
export const ProgramScopeSchema = z.enum(PROGRAM_SCOPES);
export type ProgramScope = z.infer<typeof ProgramScopeSchema>;

/** The one scope of a personal key: to act as the person who made it, with the roles they hold at that moment. */
export const PERSONAL_SCOPE = 'act:as-owner';

export const ApiScopeSchema = z.enum([...PROGRAM_SCOPES, PERSONAL_SCOPE]);
export type ApiScope = z.infer<typeof ApiScopeSchema>;
