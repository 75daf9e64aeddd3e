export { type AuditFact, appendAudit, readAuditChain, verifyAuditChain } from './audit.store.ts';
