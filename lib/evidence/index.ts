export {
  type ChainedEntry,
  type ChainFault,
  canonicalJson,
  verifyChain,
} from './audit-chain.ts';
export type { AuditEntry } from './audit-entry.schema.ts';
export {
  AuditExportQuerySchema,
  type AuditFilter,
  type AuditPage,
  AuditQuerySchema,
  type ChainCheck,
  ChainCheckSchema,
  ChainedEntrySchema,
  type ChainProgress,
} from './audit-list.schema.ts';
