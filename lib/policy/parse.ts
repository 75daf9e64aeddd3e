import { createHash } from 'node:crypto';
import { z } from 'zod';
import { crossCheck } from './cross-check.ts';
import { type EventCatalogue, EventCatalogueSchema } from './events.schema.ts';
import { PolicyError, type PolicyIssue } from './issue.ts';
import { type Policy, PolicySchema } from './policy.schema.ts';
import { formatPath, readYaml, type YamlSource, zodIssuesToPolicyIssues } from './read-yaml.ts';

/** Governance that may be acted upon. `hash` is the version: SHA-256 over the content of both files. */
export type LoadedPolicy = {
  policy: Policy;
  catalogue: EventCatalogue;
  hash: string;
  policyYaml: string;
  eventsYaml: string;
};

export type GovernanceFile = { file: string; text: string };

/**
 * Governance files → typed, cross-checked policy (PHA-6, ANA-2). Pure.
 * Errors: {@link PolicyError} with every issue: file, line, column, path, message and, for a typo, a suggestion.
 */
export function parsePolicy(files: { policy: GovernanceFile; events: GovernanceFile }): LoadedPolicy {
  const events = readYaml(files.events.file, files.events.text);
  const policy = readYaml(files.policy.file, files.policy.text);
  const parsedEvents = parseWith(events, EventCatalogueSchema);
  const parsedPolicy = parseWith(policy, PolicySchema);
  const issues = [...parsedEvents.issues, ...parsedPolicy.issues];
  if (!parsedEvents.data || !parsedPolicy.data) throw new PolicyError(issues);
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
    hash: policyHash(files.policy.text, files.events.text),
    policyYaml: files.policy.text,
    eventsYaml: files.events.text,
  };
}

/** The version of a policy: 64 hexadecimal digits over both files' bytes, so that any edit is a new version. */
export function policyHash(policyYaml: string, eventsYaml: string): string {
  return createHash('sha256').update(policyYaml).update('\0').update(eventsYaml).digest('hex');
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
