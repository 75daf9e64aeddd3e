export {
  type AuditEntry,
  type ChainedEntry,
  type ChainFault,
  canonicalJson,
  verifyChain,
} from './audit-chain.ts';
