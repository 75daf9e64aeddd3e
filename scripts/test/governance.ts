import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { forgetEnv } from '#lib/config/server.ts';

/**
 * Puts a copy of the shipped governance in force for this process, with texts of the policy replaced one after the other.
 * Returns how to go back to the shipped one. Errors: RangeError when the policy does not contain a text.
 */
export function withPolicy(...edits: readonly [from: string, to: string][]): () => void {
  const directory = mkdtempSync(join(tmpdir(), 'phasegate-governance-'));
  const before = process.env.GOVERNANCE_DIR;
  cpSync('governance', directory, { recursive: true });
  const text = edits.reduce(
    (policy, [from, to]) => {
      if (!policy.includes(from)) throw new RangeError(`the policy no longer contains: ${from}`);
      return policy.replace(from, to);
    },
    readFileSync('governance/policy.yaml', 'utf8'),
  );
  writeFileSync(join(directory, 'policy.yaml'), text);
  process.env.GOVERNANCE_DIR = directory;
  forgetEnv();
  return () => {
    if (before === undefined) delete process.env.GOVERNANCE_DIR;
    else process.env.GOVERNANCE_DIR = before;
    forgetEnv();
    rmSync(directory, { recursive: true, force: true });
  };
}
