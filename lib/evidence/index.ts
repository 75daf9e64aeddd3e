export {
  type AuditEntry,
  type ChainedEntry,
  type ChainFault,
  verifyChain,
} from './audit-chain.ts';
