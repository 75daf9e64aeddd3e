import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { parsePolicy } from '#lib/policy/index.ts';

/** Counting by the shipped governance files, as of a fixed moment. */
export function shippedContext(now = new Date('2026-11-21T12:00:00Z')) {
  const read = (file: string) => ({ file, text: readFileSync(file, 'utf8') });
  const { policy, catalogue } = parsePolicy({
    policy: read('governance/policy.yaml'),
    events: read('governance/events.yaml'),
  });
  return { policy, catalogue, now };
}

const EVENT_FIELDS: Record<string, [string, string][]> = {
  'autosave.save.completed': [
    ['duration_ms', '1875'],
    ['bytes', '24576'],
    ['lease_id', '"uuid"'],
    ['retry_count', '0'],
    ['retryable', 'true'],
  ],
  'autosave.save.error': [
    ['code', '"disk-full"'],
    ['retryable', 'false'],
  ],
  'autosave.restore.result': [
    ['source', '"history"'],
    ['success', 'true'],
    ['duration_ms', '4200'],
  ],
  'merge.diff.apply': [
    ['precision', '"beta"'],
    ['auto_accepted', 'true'],
    ['hunk_count', '12'],
    ['auto_accept_ratio', '0.83'],
  ],
  'client.session': [],
  'bug.reported': [['severity', '"critical"']],
};
const VALUES: Record<string, string[]> = {
  ts: [
    '"2026-11-21T11:59:59.999Z"',
    '"2026-11-21T11:45:00Z"',
    '"2026-11-21T11:44:59.9999Z"',
    '"2026-11-21T20:10:00.5+09:00"',
    '"2026-11-21t11:10:00z"',
    '"2026-11-21T12:05:00.000Z"',
    '"2026-11-21T12:05:00.001Z"',
    '"2026-02-30T00:00:00Z"',
    '"2026-11-20T24:00:00Z"',
    '"2026-11-20T23:59:60Z"',
    '"1970-01-01T00:00:00Z"',
    '"9999-12-31T23:59:59Z"',
    '"2026-11-21T11:59:5aZ"',
    '"2026-11-21 11:59:59Z"',
    '"2026-11-21"',
    '1700000000',
  ],
  component: ['"autosave"', '"client"', '"nobody"', '""'],
  event: ['"autosave.save.completed"', '"client.session"', '"made.up"', '"__proto__"', '7'],
  feature: ['"autosave"', '"merge"', '"other"', 'null'],
  phase: ['"A-0"', '"A-1"', '"B-0"', '"A"', '"C"', '"Z-9"', '"constructor"'],
  rollout: ['"autosave"', '"autosave-merge"', '""', '"nope"'],
  tenant: ['"standard"', '"acme"', '"globex"', '""', 'false'],
  environment: ['"staging"', '"production"'],
  observed_only: ['true', 'false', '"true"'],
  dry_run: ['true', 'false'],
  precision: ['"legacy"', '"beta"', '"gold"'],
  code: [
    '"disk-full"',
    '"lock-unavailable"',
    '"__other__"',
    '"caf\u00e9"',
    '"a\\u0041"',
    '"\\ud800"',
    '"\\u0000"',
    '" "',
  ],
  source: ['"history"', '"current"', '"日本語"'],
  severity: ['"critical"', '"minor"', '"huge"'],
};
const NUMBERS = [
  '0',
  '-0',
  '0.0',
  '1',
  '2',
  '3',
  '2000',
  '2500',
  '2500.0',
  '2500.5',
  '1e3',
  '1.5E-3',
  '123456789012345',
  '1234567890123456',
  '0.1234567890123456',
  '1e400',
  '-1',
  '-0.5',
  '01',
  '1.',
  '.5',
  '+1',
  'NaN',
  'Infinity',
  '"12"',
  'null',
  'true',
];
const ANYTHING = [
  'null',
  'true',
  'false',
  '0',
  '17',
  '"x"',
  '""',
  '{}',
  '[]',
  '{"a":{"b":[1]}}',
  '"\u0001"',
  'tru',
  '"',
];
const NUMBER_FIELDS = ['duration_ms', 'bytes', 'retry_count', 'hunk_count', 'auto_accept_ratio', 'attempt'];
const EXTRA_KEYS = [
  '"note"',
  '"__proto__"',
  '"toString"',
  '"\\u0074s"',
  '"t\u00e9"',
  '"request_id"',
  '"event"',
  '"ts"',
  '"phase"',
];

const valueFor = (key: string): fc.Arbitrary<string> =>
  fc.oneof(
    {
      weight: 6,
      arbitrary: fc.constantFrom(
        ...((Object.hasOwn(VALUES, key) ? VALUES[key] : undefined) ??
          (NUMBER_FIELDS.includes(key) ? NUMBERS : ANYTHING)),
      ),
    },
    {
      weight: NUMBER_FIELDS.includes(key) ? 6 : 0,
      arbitrary: fc.oneof(
        fc.nat(100_000).map(String),
        fc.double({ min: 0, max: 9999, noNaN: true }).map((n) => n.toFixed(3)),
      ),
    },
    { weight: 1, arbitrary: fc.constantFrom(...ANYTHING) },
  );

/** A line near an event: most are valid, each may have some faults or odd spellings. */
export const lineArbitrary: fc.Arbitrary<string> = fc
  .record({
    event: fc.constantFrom(...Object.keys(EVENT_FIELDS)),
    second: fc.nat(59),
    minute: fc.nat(59),
    phase: fc.constantFrom('A-0', 'A-1', 'B-0', 'A', 'C'),
    changes: fc.array(
      fc.oneof(
        { weight: 4, arbitrary: fc.constant({ kind: 'number' as const }) },
        { weight: 3, arbitrary: fc.constant({ kind: 'value' as const }) },
        { weight: 1, arbitrary: fc.constant({ kind: 'drop' as const }) },
        { weight: 1, arbitrary: fc.constant({ kind: 'add' as const }) },
        { weight: 1, arbitrary: fc.constant({ kind: 'tag' as const }) },
      ),
      { maxLength: 3 },
    ),
    style: fc.constantFrom('plain', 'plain', 'plain', 'spaced', 'crlf', 'reversed'),
  })
  .chain((base) => {
    const ts = `"2026-11-21T11:${String(base.minute).padStart(2, '0')}:${String(base.second).padStart(2, '0')}.250Z"`;
    const fields: [string, string][] = [
      ['"ts"', ts],
      ['"component"', '"autosave"'],
      ['"event"', `"${base.event}"`],
      ...(EVENT_FIELDS[base.event] ?? []).map(([k, v]): [string, string] => [`"${k}"`, v]),
      ['"feature"', '"autosave"'],
      ['"phase"', `"${base.phase}"`],
    ];
    return base.changes
      .reduce(
        (arbitrary, change) => arbitrary.chain((current) => changed(current, change.kind)),
        fc.constant(fields) as fc.Arbitrary<[string, string][]>,
      )
      .map((all) => spelled(all, base.style));
  });

function changed(
  fields: [string, string][],
  kind: 'number' | 'value' | 'drop' | 'add' | 'tag',
): fc.Arbitrary<[string, string][]> {
  switch (kind) {
    case 'number': {
      const numbers = fields.filter(([key]) => NUMBER_FIELDS.includes(key.slice(1, -1)));
      if (numbers.length === 0) return fc.constant(fields);
      return fc
        .record({ at: fc.nat(numbers.length - 1), value: fc.nat(9000) })
        .map(({ at, value }) =>
          fields.map(([k, v]): [string, string] => (k === numbers[at]?.[0] ? [k, String(value)] : [k, v])),
        );
    }
    case 'value':
      return fc
        .nat(fields.length - 1)
        .chain((at) =>
          valueFor((fields[at]?.[0] ?? '').slice(1, -1)).map((value) =>
            fields.map(([k, v], i): [string, string] => (i === at ? [k, value] : [k, v])),
          ),
        );
    case 'drop':
      return fc.nat(fields.length - 1).map((at) => fields.filter((_, i) => i !== at));
    case 'add':
      return fc
        .tuple(fc.constantFrom(...EXTRA_KEYS), fc.constantFrom(...ANYTHING), fc.nat(fields.length))
        .map(([key, value, at]) => fields.toSpliced(at, 0, [key, value]));
    default:
      return fc
        .constantFrom('rollout', 'tenant', 'environment', 'observed_only', 'dry_run')
        .chain((key) => valueFor(key).map((value) => [...fields, [`"${key}"`, value] as [string, string]]));
  }
}

function spelled(fields: [string, string][], style: string): string {
  const pairs = (style === 'reversed' ? fields.toReversed() : fields).map(([key, value]) =>
    style === 'spaced' ? ` ${key} : ${value} ` : `${key}:${value}`,
  );
  return `{${pairs.join(',')}}${style === 'crlf' ? '\r' : ''}`;
}

/** Lines that are no events at all. */
export const JUNK_LINES: readonly Uint8Array[] = [
  ...[
    '',
    ' ',
    '\r',
    '\t \r',
    '{}',
    '[]',
    'null',
    '1',
    '"x"',
    '{',
    '}',
    '{"ts"',
    'not json',
    '{"a":1}x',
    '\u0000',
    '\ufeff{}',
    '[[[[',
    '{"a":}',
  ].map((text) => new TextEncoder().encode(text)),
  Uint8Array.from([0xff, 0xfe]),
  Uint8Array.from([0x22, 0xed, 0xa0, 0x80, 0x22]), // a surrogate encoded as UTF-8
  new TextEncoder().encode(`{"a":${'['.repeat(40)}${']'.repeat(40)}}`),
  new TextEncoder().encode(`{"a":"${'x'.repeat(3000)}"}`),
];
