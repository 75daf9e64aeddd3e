import { cruise, type IReporterOutput } from 'dependency-cruiser';
import { importRules } from './rooms.ts';

type Violation = { rule: string; from: string; to: string };

const FIXTURE = 'scripts/checks/fixtures/import-rules';
// Under TypeScript 7 without @swc/core the tool reads nothing and finds nothing wrong: a low count is a failure.
const FEWEST_MODULES = 80;
// What the fixture breaks, one file per rule.
const FIXTURE_BREAKS = [
  'deciding-code-is-pure',
  'components-show-and-do-not-fetch',
  'index-is-safe-for-the-browser',
  'no-cycles',
  'not-in-allowed',
];

async function violationsOf(
  baseDir: string,
  folders: string[],
): Promise<{ modules: number; violations: Violation[] }> {
  const { allowed, allowedSeverity, forbidden } = importRules();
  const { output }: IReporterOutput = await cruise(folders, {
    baseDir,
    validate: true,
    ruleSet: {
      allowed: allowed ?? [],
      allowedSeverity: allowedSeverity ?? 'error',
      forbidden: forbidden ?? [],
    },
    doNotFollow: { path: 'node_modules' },
    exclude: { path: ['^lib/database/generated/', '^scripts/checks/fixtures/', '^\\.next/'] },
    tsPreCompilationDeps: true,
    parser: 'swc',
    enhancedResolveOptions: {
      exportsFields: ['exports'],
      conditionNames: ['node', 'import', 'types', 'default'],
      extensions: ['.ts', '.tsx', '.js', '.mjs', '.json', '.d.ts'],
    },
  });
  if (typeof output === 'string') throw new Error('dependency-cruiser answered text instead of its result');
  return {
    modules: output.modules.filter((module) => !/node_modules/.test(module.source)).length,
    violations: output.summary.violations.map(({ rule, from, to }) => ({ rule: rule.name, from, to })),
  };
}

async function main(): Promise<number> {
  const fixture = await violationsOf(FIXTURE, ['lib', 'components']);
  const found = new Set(fixture.violations.map((violation) => violation.rule));
  const unseen = FIXTURE_BREAKS.filter((rule) => !found.has(rule));
  if (unseen.length > 0) {
    console.error(
      `import rules: the fixture breaks ${unseen.join(', ')}, but nothing was found: the check is blind`,
    );
    return 1;
  }
  const folders = ['app', 'components', 'lib', 'inngest', 'scripts', 'e2e'];
  const house = await violationsOf(process.cwd(), folders);
  if (house.modules < FEWEST_MODULES) {
    console.error(
      `import rules: only ${house.modules} modules were read, at least ${FEWEST_MODULES} expected`,
    );
    return 1;
  }
  for (const { rule, from, to } of house.violations) console.error(`${rule}: ${from} → ${to}`);
  console.log(`import rules: ${house.modules} modules, ${house.violations.length} violations`);
  return house.violations.length === 0 ? 0 : 1;
}

process.exitCode = await main();
