export { type AuditEntry, canonicalJson, type ChainedEntry, type ChainFault, verifyChain } from './audit-chain.ts';
