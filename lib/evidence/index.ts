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
  AuditFilterSchema,
  type AuditPage,
  AuditPageSchema,
  AuditQuerySchema,
  CHAIN_FAULTS,
  type ChainCheck,
  ChainCheckSchema,
  ChainedEntrySchema,
  type ChainProgress,
  ChainProgressSchema,
} from './audit-list.schema.ts';
