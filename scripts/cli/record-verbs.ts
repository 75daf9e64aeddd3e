import { AppError } from '#lib/errors/index.ts';
import { ChainCheckSchema } from '#lib/evidence/index.ts';
import { PolicyDiffSchema } from '#lib/policy/index.ts';
import { callApi, connect, downloadFile, type Where } from './call-api.ts';
import type { CommandIo } from './command-io.ts';

/** Every time another version of the policy came into force, and whose change that was (PHA-6). */
export async function policyVersions(io: CommandIo, options: Where): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  return await callApi(connection, { method: 'GET', path: '/api/v1/policy/versions' });
}

/** What differs between two versions of the policy: lines for people, everything as JSON (PHA-6). */
export async function policyDiff(
  io: CommandIo,
  options: Where & { from: string; to: string },
): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const query = new URLSearchParams({ from: options.from, to: options.to });
  const diff = PolicyDiffSchema.parse(
    await callApi(connection, { method: 'GET', path: `/api/v1/policy/diff?${query}` }),
  );
  const said = (value: unknown) => (value === null ? '-' : JSON.stringify(value));
  io.say(`${diff.from.slice(0, 12)} -> ${diff.to.slice(0, 12)}: ${diff.changes.length} changes`);
  for (const { path, file, before, after, effect } of diff.changes)
    io.say(`  ${path || file}: ${said(before)} -> ${said(after)}${effect === null ? '' : `  (${effect})`}`);
  for (const { file, hunks } of diff.text) {
    io.say(`--- ${file}`);
    for (const line of hunks.flatMap(({ lines }) => lines)) io.say(line);
  }
  return diff;
}

/**
 * Recomputes every hash of the audit trail (OPS-22).
 * Errors: AppError UNPROCESSABLE `chain_broken` with the first entry that does not hold.
 */
export async function auditVerify(io: CommandIo, options: Where): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const check = ChainCheckSchema.parse(
    await callApi(connection, { method: 'GET', path: '/api/v1/audit/verify' }),
  );
  const { fault, checkedCount, head } = check;
  if (fault)
    throw new AppError('UNPROCESSABLE', `The chain does not hold at entry ${fault.seq}: ${fault.fault}.`, {
      reason: 'chain_broken',
      issues: [
        { field: `entry ${fault.seq}`, message: `${fault.fault}; ${checkedCount} entries before it hold` },
      ],
    });
  io.say(`${checkedCount} entries hold. Newest: ${head ? `${head.seq} ${head.hash}` : 'none'}`);
  return check;
}

type Export = Where & { output: string; format: string } & Partial<
    Record<'subject' | 'action' | 'actor' | 'from' | 'to' | 'text', string>
  >;

/** Writes the audit trail, or the part of it that the filter lets through, to a file (OPS-20). */
export async function auditExport(io: CommandIo, options: Export): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const { output, format, subject, action, actor, from, to, text } = options;
  const chosen = Object.entries({ format, subject, action, actor, from, to, text }).flatMap(
    ([name, value]) => (value === undefined ? [] : [[name, value]]),
  );
  const path = `/api/v1/audit/export?${new URLSearchParams(chosen)}`;
  return { file: output, bytes: await downloadFile(connection, path, output) };
}
