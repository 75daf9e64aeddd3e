export { type AuditFact, appendAudit, readAuditChain } from './audit.store.ts';
export { listAudit } from './audit-list.store.ts';
export { exportAudit } from './export-audit.run.ts';
export { appendAuditOrQueue, appendPendingAudit } from './pending-audit.store.ts';
export { checkAuditChain, verifyAuditChain } from './verify-audit.run.ts';
