import { isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from 'yaml';
import type { z } from 'zod';
import type { PolicyIssue } from './issue.ts';
import { nearestName } from './nearest-name.ts';

type Path = readonly PropertyKey[];

/** A parsed YAML file that can say where each of its values stands. */
export type YamlSource = {
  file: string;
  value: unknown;
  issues: PolicyIssue[];
  locate: (path: Path) => { line: number; column: number };
};

/** Reads YAML strictly: duplicate keys, unknown anchors and alias bombs are issues, not surprises. */
export function readYaml(file: string, text: string): YamlSource {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, uniqueKeys: true, strict: true });
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  const issues = document.errors.map((error) => ({
    file,
    ...at(error.pos[0]),
    path: '',
    message: error.message.split('\n')[0] ?? error.code,
  }));
  return {
    file,
    value: issues.length > 0 ? undefined : document.toJS({ maxAliasCount: 50 }),
    issues,
    locate: (path) => at(offsetOf(document.contents, path)),
  };
}

/** The offset of the deepest part of `path` that exists; for a map entry, that of its key. */
function offsetOf(root: Node | null, path: Path): number {
  let node: unknown = root;
  let offset = root?.range?.[0] ?? 0;
  for (const step of path) {
    if (isMap(node)) {
      const pair = node.items.find((item) => isScalar(item.key) && String(item.key.value) === String(step));
      if (!pair) return offset;
      if (isScalar(pair.key)) offset = pair.key.range?.[0] ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      const item = node.items[Number(step)] as Node | undefined;
      if (!item) return offset;
      offset = item.range?.[0] ?? offset;
      node = item;
    } else return offset;
  }
  return offset;
}

/** The dotted form of a path, for people: `rollouts.autosave.phases[1].gates`. */
export function formatPath(path: Path): string {
  return path.reduce<string>(
    (text, step) =>
      typeof step === 'number' ? `${text}[${step}]` : text ? `${text}.${String(step)}` : String(step),
    '',
  );
}

/** Zod's issues, each at its place in the file; an unknown key suggests the known one it resembles. */
export function zodIssuesToPolicyIssues(
  source: YamlSource,
  error: z.ZodError,
  knownKeys: readonly string[],
): PolicyIssue[] {
  return error.issues
    .flatMap((issue) => flattenUnion(issue))
    .flatMap((issue) => {
      const keys = issue.code === 'unrecognized_keys' ? issue.keys : [undefined];
      return keys.map((key) => {
        const path = key === undefined ? issue.path : [...issue.path, key];
        const suggestion = key === undefined ? undefined : nearestName(key, knownKeys);
        return {
          file: source.file,
          ...source.locate(path),
          path: formatPath(path),
          message: key === undefined ? messageOf(issue) : `unknown key "${key}"`,
          ...(suggestion ? { suggestion: `did you mean "${suggestion}"?` } : {}),
        };
      });
    });
}

type Issue = z.core.$ZodIssue;

/** Zod says "received undefined" where a person would say that something is missing. */
const messageOf = (issue: Issue): string =>
  issue.code === 'invalid_type' && issue.input === undefined
    ? `is missing (expected ${issue.expected})`
    : issue.message;

/** Of a union's branches, the one that came furthest says most. */
function flattenUnion(issue: Issue): Issue[] {
  if (issue.code !== 'invalid_union' || issue.errors.length === 0) return [issue];
  const [closest] = [...issue.errors].sort((a, b) => a.length - b.length || depth(b) - depth(a));
  if (!closest || closest.length === 0) return [issue];
  return closest.flatMap((inner) =>
    flattenUnion({ ...inner, path: [...issue.path, ...inner.path] } as Issue),
  );
}

const depth = (issues: readonly Issue[]): number => Math.max(0, ...issues.map((issue) => issue.path.length));
