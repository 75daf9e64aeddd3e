import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { safeCallbackUrl, safeReturnPath } from './callback-url.ts';

const ORIGIN = 'http://localhost:3000';

const ELSEWHERE = [
  'https://evil.example',
  'http://evil.example/',
  '//evil.example',
  '///evil.example',
  '////evil.example',
  '/\\evil.example',
  '\\\\evil.example',
  '\\/evil.example',
  '/\t/evil.example',
  '/\n/evil.example',
  '\t//evil.example',
  ' //evil.example',
  '\u0000//evil.example',
  'http:evil.example',
  'http:/evil.example:80',
  'https:evil.example',
  'http://localhost:3000@evil.example',
  'http://localhost:3000:pw@evil.example/',
  'http://user@localhost:3000/',
  'http://localhost:3001/',
  'https://localhost:3000/',
  'http://localhost.evil.example:3000/',
  'http://evil.example#localhost:3000',
  'http://evil.example?localhost:3000',
  'http://evil.example\\@localhost:3000',
  'javascript:alert(1)',
  'JaVaScRiPt:alert(1)',
  'java\nscript:alert(1)',
  'data:text/html,hello',
  'vbscript:x',
  'blob:http://localhost:3000/x',
  'file:///etc/passwd',
  'ftp://localhost:3000/',
  'http://[::1',
  'http://%00evil.example',
  'http://ⓔvil.example',
  'http://0x7f000001:3000/',
];

describe('where to go after signing in', () => {
  it.each(ELSEWHERE)('is never elsewhere: %j', (payload) => {
    expect(new URL(safeCallbackUrl(payload, ORIGIN)).origin).toBe(ORIGIN);
    const path = safeReturnPath(payload);
    expect(path).toMatch(/^\/(?![/\\])/);
    expect(new URL(path, ORIGIN).origin).toBe(ORIGIN);
  });

  it.each([
    ['/rollouts/autosave?window=2h#slo', '/rollouts/autosave?window=2h#slo'],
    ['rollouts', '/rollouts'],
    ['/', '/'],
    ['', '/'],
    [undefined, '/'],
    [null, '/'],
  ])('keeps a path of our own: %j', (wanted, path) => {
    expect(safeReturnPath(wanted)).toBe(path);
    expect(safeCallbackUrl(wanted, ORIGIN)).toBe(`${ORIGIN}${path}`);
  });

  it('keeps an absolute address of our own', () => {
    expect(safeCallbackUrl(`${ORIGIN}/a?b=c`, ORIGIN)).toBe(`${ORIGIN}/a?b=c`);
  });

  it('stays at home for any text at all', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webUrl(),
          fc.string().map((tail) => `//${tail}`),
        ),
        (text) => {
          const path = safeReturnPath(text);
          return (
            new URL(safeCallbackUrl(text, ORIGIN)).origin === ORIGIN &&
            new URL(path, ORIGIN).origin === ORIGIN
          );
        },
      ),
    );
  });
});
