#!/usr/bin/env node
// Validates governance/*.yaml and templates/, and writes the JSON Schemas that editors read. Exit 0 valid, 2 not.
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { governanceJsonSchemas, PolicyError } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { checkTemplates } from '#lib/templates/server.ts';

const directory = process.argv[2] ?? 'governance';
try {
  const { policy, killSwitch, hash } = await loadPolicy(directory);
  await Promise.all(
    Object.entries(governanceJsonSchemas()).map(([name, text]) => writeFile(join(directory, name), text)),
  );
  const phases = Object.values(policy.rollouts).flatMap((rollout) => rollout.phases);
  console.log(
    `${directory}/policy.yaml is valid: version ${hash.slice(0, 12)}, ${Object.keys(policy.rollouts).length} rollouts, ${phases.length} phases, ${Object.keys(policy.metrics).length} metrics, ${killSwitch.rules.length} kill switch rules`,
  );
  const issues = await checkTemplates();
  for (const { file, line, message } of issues) console.error(`${file}:${line}: ${message}`);
  if (issues.length > 0) process.exitCode = 2;
} catch (error) {
  if (!(error instanceof PolicyError)) throw error;
  console.error(error.message);
  process.exitCode = 2;
}
