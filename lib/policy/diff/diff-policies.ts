import { isDeepStrictEqual } from 'node:util';
import { z } from 'zod';
import { type PathStep, POLICY_FILES, type PolicyChange, type PolicyFile } from '../policy-history.schema.ts';
import { readYaml } from '../read-yaml.ts';
import { effectOf } from './effect.ts';
import { labelsOf } from './labels.ts';

/** The text of each governance file; '' for one of before there was such a file. */
export type PolicyFiles = Readonly<Record<PolicyFile, string>>;
export type Json = PolicyChange['before'];

const JsonSchema = z.json();

/** What an entry of a list is called where people call it by something; entries without a name go by their place. */
const NAMES_OF_ENTRIES = ['id', 'metric', 'kind', 'role', 'tag', 'event', 'severity'] as const;

type Found = Pick<PolicyChange, 'kind' | 'before' | 'after'> & { keys: readonly string[] };

/**
 * What differs between two versions by meaning: values of the same place, with entries of lists found again by what they are
 * called (a phase by its id, an objective by its metric), so that an entry put in between moves no other (PHA-6).
 * Comments, order of keys and notation are no difference. A file that is no YAML at all differs as a whole. Pure.
 */
export function diffPolicies(before: PolicyFiles, after: PolicyFiles): PolicyChange[] {
  const labels = labelsOf(contentOf('policy.yaml', before), contentOf('policy.yaml', after));
  return POLICY_FILES.filter((file) => before[file] !== after[file]).flatMap((file) =>
    differences([], contentOf(file, before), contentOf(file, after)).map((found) =>
      changeOf(file, found, labels),
    ),
  );
}

function changeOf(file: PolicyFile, found: Found, labels: ReturnType<typeof labelsOf>): PolicyChange {
  const steps: PathStep[] = found.keys.map((key, i) => ({
    key: nameOf(key),
    label: file === 'policy.yaml' ? labels.of(found.keys.slice(0, i + 1).map(nameOf)) : null,
  }));
  const { kind, before, after } = found;
  const change = { file, path: pathText(found.keys), steps, kind, before, after };
  const plain = found.keys.map(nameOf);
  return {
    ...change,
    effect: file === 'policy.yaml' ? effectOf(plain, change) : null,
    unit: file === 'policy.yaml' ? labels.unit(plain) : null,
  };
}

function contentOf(file: PolicyFile, files: PolicyFiles): Json {
  const text = files[file];
  if (text === '') return null;
  const source = readYaml(file, text);
  return source.issues.length > 0 ? text : JsonSchema.parse(source.value ?? null);
}

const isRecord = (value: Json): value is { [key: string]: Json } =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

function differences(keys: readonly string[], before: Json | undefined, after: Json | undefined): Found[] {
  if (before === undefined || after === undefined) {
    if (before === after) return [];
    return [
      {
        keys,
        kind: before === undefined ? 'added' : 'removed',
        before: before ?? null,
        after: after ?? null,
      },
    ];
  }
  if (isDeepStrictEqual(before, after)) return [];
  if (isRecord(before) && isRecord(after)) return ofRecords(keys, before, after);
  if (Array.isArray(before) && Array.isArray(after)) {
    const [older, newer] = [entriesOf(before), entriesOf(after)];
    if (older && newer) return ofLists(keys, older, newer);
  }
  return [{ keys, kind: 'changed', before, after }];
}

function ofRecords(
  keys: readonly string[],
  before: { [key: string]: Json },
  after: { [key: string]: Json },
): Found[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])];
  return names.flatMap((name) =>
    differences(
      [...keys, name],
      Object.hasOwn(before, name) ? before[name] : undefined,
      Object.hasOwn(after, name) ? after[name] : undefined,
    ),
  );
}

function ofLists(
  keys: readonly string[],
  before: ReadonlyMap<string, Json>,
  after: ReadonlyMap<string, Json>,
): Found[] {
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const found = names.flatMap((name) => differences([...keys, name], before.get(name), after.get(name)));
  const [older, newer] = [[...before.keys()], [...after.keys()]].map((all) =>
    all.filter((name) => before.has(name) && after.has(name)).map(nameOf),
  );
  if (isDeepStrictEqual(older, newer)) return found;
  return [{ keys, kind: 'reordered', before: older ?? [], after: newer ?? [] }, ...found];
}

// Keys of entries are told from keys of records by their brackets.
const entry = (name: string) => `[${name}]`;
const nameOf = (key: string) => (key.startsWith('[') && key.endsWith(']') ? key.slice(1, -1) : key);

/** The entries of a list of records by what they are called; null for lists of plain values, which differ as a whole. */
function entriesOf(list: readonly Json[]): Map<string, Json> | null {
  if (!list.every(isRecord)) return null;
  const entries = new Map<string, Json>();
  for (const each of list) {
    const naming = NAMES_OF_ENTRIES.find((name) => typeof each[name] === 'string');
    const called = naming === undefined ? String(entries.size + 1) : String(each[naming]);
    let name = entry(called);
    for (let again = 2; entries.has(name); again += 1) name = entry(`${called} ${again}`);
    entries.set(name, each);
  }
  return entries;
}

function pathText(keys: readonly string[]): string {
  return keys.map((key, i) => (i === 0 || key.startsWith('[') ? key : `.${key}`)).join('');
}
