import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { loadPolicy } from '#lib/policy/server.ts';
import { policyMarkdown } from './markdown.ts';

const governance = await loadPolicy('governance');

it.each([
  ['docs/policy.md', 'en'],
  ['docs/policy.ja.md', 'ja'],
] as const)('%s says what governance/ says; npm run policy:docs writes it anew [PHA-6]', (file, locale) => {
  expect(readFileSync(file, 'utf8')).toBe(policyMarkdown(governance, locale));
});

it('names every rollout, phase, metric, role, event and plan, with no text missing [PHA-6]', () => {
  for (const locale of ['en', 'ja'] as const) {
    const text = policyMarkdown(governance, locale);
    const { policy, catalogue, retries } = governance;
    const names = [
      ...Object.keys(policy.rollouts),
      ...Object.values(policy.rollouts).flatMap(({ phases }) =>
        phases.map(({ id, label }) => `${id} · ${label[locale]}`),
      ),
      ...Object.keys(policy.metrics),
      ...Object.values(policy.roles).map((label) => label[locale]),
      ...Object.keys(catalogue.events),
      ...Object.keys(retries.plans),
      ...policy.freezes.map(({ label }) => label[locale]),
    ];
    for (const name of names) expect(text).toContain(name);
    expect(text).not.toMatch(/policyDoc\.|undefined|\[object|\{\w+\}/);
    // Every link inside leads somewhere.
    const anchors = new Set([...text.matchAll(/<a id="([^"]+)">/g)].map((match) => match[1]));
    const links = [...text.matchAll(/\]\(#([^)]+)\)/g)].map((match) => match[1]);
    expect(links.length).toBeGreaterThan(50);
    expect(links.filter((link) => !anchors.has(link))).toEqual([]);
  }
});
