import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import en from '../../messages/en.json' with { type: 'json' };

const texts: Readonly<Record<string, Readonly<Record<string, unknown>>>> = en;

/** The beginnings of keys that a file looks words up by, such as `verdict.` or `rollout.kind_`. */
const beginnings = (file: string) =>
  [...readFileSync(file, 'utf8').matchAll(/known\('(\w+)\.(\w*)'/g)].map(([, room = '', prefix = '']) => ({
    room,
    prefix,
  }));

it('looks the words of a timeline up where there are some [INC-3]', () => {
  const found = beginnings('components/incident/timeline-text.tsx');
  expect(found.length).toBeGreaterThan(5);
  for (const { room, prefix } of found)
    expect(
      Object.keys(texts[room] ?? {}).filter((key) => key.startsWith(prefix)),
      `${room}.${prefix}`,
    ).not.toEqual([]);
});

it('has a word for whatever proves a step [INC-1]', () => {
  const facts = readFileSync('lib/incidents/steps/facts.store.ts', 'utf8');
  const kept = /\n {4}evidence: \{\n([\s\S]*?)\n {4}\},/.exec(facts)?.[1] ?? '';
  const names = [...kept.matchAll(/[{,] (\w+):/g)].map(([, name]) => name);
  expect(names).toContain('exit_code');
  for (const name of names) expect(en.incidentPage).toHaveProperty(`evidence_${name}`);
});
