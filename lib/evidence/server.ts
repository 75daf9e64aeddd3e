export { type AuditFact, appendAudit, readAuditChain, verifyAuditChain } from './audit.store.ts';
export { appendAuditOrQueue, appendPendingAudit } from './pending-audit.store.ts';
