import { readFileSync } from 'node:fs';
import { globSync } from 'tinyglobby';
import { describe, expect, it } from 'vitest';

const METHODS = 'GET|HEAD|POST|PUT|PATCH|DELETE|OPTIONS';
/** Routes of other makers' protocols, which bring their own proof of who calls. */
const OWN_PROTOCOL = new Set(['app/api/auth/[...nextauth]/route.ts', 'app/api/inngest/route.ts']);

/** What is wrong with the text of a route file; empty when every method says who may call it. */
function faultsOf(text: string): string[] {
  const faults: string[] = [];
  const code = text.replace(/\/\*[\s\S]*?\*\/|\/\/.*$/gm, '');
  const wrapped = [...code.matchAll(new RegExp(`export const (?:${METHODS})\\b[^=]*= route\\(\\{`, 'g'))];
  const mentioned = [...code.matchAll(new RegExp(`\\b(?:const|function|as)\\s+(?:${METHODS})\\b`, 'g'))];
  if (wrapped.length === 0) faults.push('exports no method made by route()');
  if (mentioned.length !== wrapped.length) faults.push('exports a method that is not made by route()');
  if (/export\s+\*|export\s*\{/.test(code)) faults.push('exports something by another way');
  for (const [at, match] of wrapped.entries()) {
    const part = code.slice(match.index, wrapped[at + 1]?.index);
    if (!/\bauth:\s*'(public|session|person|api_key|either)'/.test(part))
      faults.push(`${match[0]} does not say auth`);
  }
  return faults;
}

describe('the route files', () => {
  const files = globSync('app/**/route.{ts,tsx,js,mjs}');

  it('are found', () => {
    expect(files.length).toBeGreaterThan(4);
  });

  it.each(files.filter((file) => !OWN_PROTOCOL.has(file)))(
    '%s says for each method who may call it',
    (file) => {
      expect(faultsOf(readFileSync(file, 'utf8'))).toEqual([]);
    },
  );

  it.each([
    'export async function GET() { return new Response() }',
    'const handler = async () => new Response();\nexport { handler as POST };',
    "export const GET = route({ auth: 'session', run });\nexport const POST = async () => new Response();",
    'export const GET = route({ run });',
    "// auth: 'session'\nexport const GET = route({ run });",
    "export const GET = route({ run });\nexport const POST = route({ auth: 'session', run });",
    "export * from './elsewhere.ts';",
  ])('would be noticed if they did not: %s', (text) => {
    expect(faultsOf(text)).not.toEqual([]);
  });
});
