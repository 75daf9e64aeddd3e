import { csvHead, csvLine } from './audit-csv.ts';
import type { AuditFilter } from './audit-list.schema.ts';
import { newestAuditSeq, walkAudit } from './audit-list.store.ts';

/**
 * The entries that the filter lets through, oldest first, as they are at the beginning of the export: NDJSON with everything
 * that a hash is made of (docs/audit.md says how to check it), or CSV for spreadsheets. Pieces of text; memory stays as it is
 * however many there are. Errors: the database's, while it is read.
 */
export async function* exportAudit(format: 'ndjson' | 'csv', filter: AuditFilter): AsyncGenerator<string> {
  if (format === 'csv') yield csvHead();
  for await (const batch of walkAudit(await newestAuditSeq(), filter))
    yield batch.map((entry) => (format === 'csv' ? csvLine(entry) : `${JSON.stringify(entry)}\n`)).join('');
}
