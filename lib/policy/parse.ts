import { createHash } from 'node:crypto';
import { z } from 'zod';
import { crossCheck } from './cross-check/cross-check.ts';
import { type EventCatalogue, EventCatalogueSchema } from './events.schema.ts';
import { PolicyError, type PolicyIssue } from './issue.ts';
import { type KillSwitchRules, KillSwitchRulesSchema } from './killswitch-rules.schema.ts';
import { type Policy, PolicySchema } from './policy.schema.ts';
import { formatPath, readYaml, type YamlSource, zodIssuesToPolicyIssues } from './read-yaml.ts';
import { type RetryPolicy, RetryPolicySchema } from './retry-policy.schema.ts';

/** Governance that may be acted upon. `hash` is the version: SHA-256 over the content of the files. */
export type LoadedPolicy = {
  policy: Policy;
  catalogue: EventCatalogue;
  killSwitch: KillSwitchRules;
  retries: RetryPolicy;
  hash: string;
  policyYaml: string;
  eventsYaml: string;
  /** '' for versions of before there were such rules. */
  killSwitchYaml: string;
  /** '' for versions of before there were plans. */
  retryYaml: string;
};

export type GovernanceFile = { file: string; text: string };

/**
 * Governance files → typed, cross-checked policy (PHA-6, ANA-2, OPS-7). Pure. Without rules for the kill switch it is pressed
 * by people only.
 * Errors: {@link PolicyError} with every issue: file, line, column, path, message and, for a typo, a suggestion.
 */
export function parsePolicy(files: {
  policy: GovernanceFile;
  events: GovernanceFile;
  killSwitch?: GovernanceFile;
  retries?: GovernanceFile;
}): LoadedPolicy {
  const events = readYaml(files.events.file, files.events.text);
  const policy = readYaml(files.policy.file, files.policy.text);
  const parsedEvents = parseWith(events, EventCatalogueSchema);
  const parsedPolicy = parseWith(policy, PolicySchema);
  const parsedRules = parseRules(files.killSwitch);
  const parsedRetries = parseRetries(files.retries);
  const issues = [
    ...parsedEvents.issues,
    ...parsedPolicy.issues,
    ...parsedRules.issues,
    ...parsedRetries.issues,
  ];
  if (!parsedEvents.data || !parsedPolicy.data || !parsedRules.data || !parsedRetries.data)
    throw new PolicyError(issues);
  const cross = crossCheck(parsedPolicy.data, parsedEvents.data).map(({ path, ...rest }) => ({
    file: policy.file,
    ...policy.locate(path),
    path: formatPath(path),
    ...rest,
  }));
  if (cross.length > 0) throw new PolicyError(cross);
  return {
    policy: parsedPolicy.data,
    catalogue: parsedEvents.data,
    killSwitch: parsedRules.data,
    retries: parsedRetries.data,
    hash: policyHash(files.policy.text, files.events.text, files.killSwitch?.text, files.retries?.text),
    policyYaml: files.policy.text,
    eventsYaml: files.events.text,
    killSwitchYaml: files.killSwitch?.text ?? '',
    retryYaml: files.retries?.text ?? '',
  };
}

/** The version of a policy: 64 hexadecimal digits over the files' bytes, so that any edit is a new version. */
function policyHash(
  policyYaml: string,
  eventsYaml: string,
  killSwitchYaml: string | undefined,
  retryYaml: string | undefined,
): string {
  const hash = createHash('sha256').update(policyYaml).update('\0').update(eventsYaml);
  for (const [i, text] of [killSwitchYaml, retryYaml].entries())
    if (text !== undefined) hash.update('\0'.repeat(i + 1)).update(text);
  return hash.digest('hex');
}

function parseRules(file: GovernanceFile | undefined): { data?: KillSwitchRules; issues: PolicyIssue[] } {
  if (file === undefined) return { data: { version: 1, rules: [] }, issues: [] };
  return parseWith(readYaml(file.file, file.text), KillSwitchRulesSchema);
}

/** What holds where a version has no plans: nothing is tried twice. */
const NO_RETRIES: RetryPolicy = {
  version: 1,
  plans: {
    collection: { waitsMs: [], honourServer: false },
    'slo-recheck': { waitsMs: [], honourServer: false },
    delivery: { waitsMs: [], honourServer: false },
    'workflow-run': { waitsMs: [], honourServer: false },
  },
  circuits: { delivery: { failures: 1, openForSeconds: 60, holdsNextForSeconds: 60 } },
};

function parseRetries(file: GovernanceFile | undefined): { data?: RetryPolicy; issues: PolicyIssue[] } {
  if (file === undefined) return { data: NO_RETRIES, issues: [] };
  return parseWith(readYaml(file.file, file.text), RetryPolicySchema);
}

function parseWith<T>(source: YamlSource, schema: z.ZodType<T>): { data?: T; issues: PolicyIssue[] } {
  if (source.issues.length > 0) return { issues: source.issues };
  const result = schema.safeParse(source.value);
  if (result.success) return { data: result.data, issues: [] };
  return { issues: zodIssuesToPolicyIssues(source, result.error, keysOf(schema)) };
}

/** Every property name the schema knows anywhere, to suggest from. */
function keysOf(schema: z.ZodType): string[] {
  const keys = new Set<string>();
  const walk = (node: unknown): void => {
    if (Array.isArray(node)) for (const item of node) walk(item);
    else if (node && typeof node === 'object')
      for (const [key, value] of Object.entries(node)) {
        if (key === 'properties' && value && typeof value === 'object')
          for (const name of Object.keys(value)) keys.add(name);
        walk(value);
      }
  };
  walk(z.toJSONSchema(schema, { io: 'input', unrepresentable: 'any' }));
  return [...keys];
}
