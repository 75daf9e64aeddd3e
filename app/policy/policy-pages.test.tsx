import { readFileSync } from 'node:fs';
import { createTranslator, NextIntlClientProvider } from 'next-intl';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { DocumentView } from '#components/policy/document-view.tsx';
import { PolicyDiffView } from '#components/policy/policy-diff.tsx';
import { policyDocument } from '#components/policy/policy-document.ts';
import { VersionCompare, VersionList } from '#components/policy/versions.tsx';
import { POLICY_FILES, type PolicyDiff } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';

const governance = await loadPolicy('governance');
const HASHES = ['a'.repeat(64), 'b'.repeat(64)] as const;
const versions = HASHES.map((hash, i) => ({
  hash,
  at: `2026-11-21T0${i}:00:00.000Z`,
  source: 'git' as const,
  author: '佐藤 花子',
  commitId: 'c'.repeat(40),
  note: 'Wait longer for phones',
  changedAt: null,
}));
const diff: PolicyDiff = {
  from: HASHES[1],
  to: HASHES[0],
  changes: [
    {
      file: 'policy.yaml',
      path: 'rollouts.autosave.phases[B].objectives[save_error_rate].max',
      steps: [
        { key: 'rollouts', label: null },
        { key: 'autosave', label: { ja: '露出率', en: 'Exposure' } },
        { key: 'phases', label: null },
        { key: 'B', label: { ja: '拡大', en: 'Broad' } },
        { key: 'objectives', label: null },
        { key: 'save_error_rate', label: { ja: '保存失敗率', en: 'Save failure rate' } },
        { key: 'max', label: null },
      ],
      kind: 'changed',
      before: 0.005,
      after: 0.01,
      effect: 'looser',
      unit: 'ratio',
    },
  ],
  text: [{ file: POLICY_FILES[0], hunks: [{ oldStart: 1, newStart: 1, lines: [' a', '-b', '+c'] }] }],
};

it.each(['ja', 'en'] as const)(
  'shows all of the policy, its versions and a difference in %s [PHA-6]',
  (locale) => {
    const messages = JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8')) as Record<string, never>;
    const translate = createTranslator({ locale, messages });
    const sections = policyDocument(governance, {
      t: (key, values) => translate(key as never, values as never),
      locale,
      linked: true,
    });
    const list = { inForce: HASHES[0], versions };
    const html = renderToStaticMarkup(
      <NextIntlClientProvider locale={locale} messages={messages} timeZone="Asia/Tokyo">
        <PolicyDiffView diff={diff} versions={versions} />
        <VersionCompare list={list} diff={diff} />
        <VersionList list={list} />
        <DocumentView sections={sections} />
      </NextIntlClientProvider>,
    );
    expect(html).not.toMatch(/policy(Doc|Page|Key)\.|undefined|\[object/);
    const ids = [...html.matchAll(/ id="([^"]+)"/g)].map((match) => match[1]);
    expect(ids.filter((id, i) => ids.indexOf(id) !== i)).toEqual([]);
    expect(html).toContain(
      locale === 'ja' ? '拡大 › 保存失敗率 › 上限' : 'Broad › Save failure rate › limit',
    );
    expect(html).toContain('0.5\u00a0%');
    expect(html).toContain(`href="/policy?from=${HASHES[1]}&amp;to=${HASHES[0]}"`);
    for (const id of Object.keys(governance.policy.rollouts))
      expect(html).toContain(`href="/rollouts/${id}"`);
  },
);
