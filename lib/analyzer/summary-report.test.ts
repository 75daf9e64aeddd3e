import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { fillTemplate, TemplateError } from '#lib/templates/index.ts';
import { shipped } from '#scripts/test/window-series.ts';
import { judgeWindow } from './judge-window.ts';
import { renderSummary } from './summary-report.ts';

const template = readFileSync('templates/analyzer/summary.md', 'utf8');
const input = {
  policy: shipped.policy,
  judgedPolicyHash: shipped.hash,
  source: 'reports/monitoring/x.jsonl',
  window: { start: '2026-11-20T00:30:00.000Z', end: '2026-11-20T00:45:00.000Z' },
  collectedPolicyHash: shipped.hash,
  rehearsal: true,
  verdicts: [
    judgeWindow({
      ...shipped,
      policyHash: shipped.hash,
      rolloutId: 'autosave',
      phase: 'C',
      windowEnd: new Date('2026-11-20T00:45:00Z'),
      series: [],
    }),
  ],
};

it('fills the shipped template and says when it is a rehearsal [ANA-8]', () => {
  const report = renderSummary(template, input);
  expect(report).toContain('演習 / rehearsal');
  expect(report).toContain('データ不足 / insufficient data');
});

it('refuses a template with a placeholder too many or too few [REP-4]', () => {
  expect(() => renderSummary(`${template}{{owner}}`, input)).toThrow(/\{\{owner\}\}/);
  expect(() => renderSummary(template.replace('{{retry_comment}}', ''), input)).toThrow(/retry_comment/);
});

it('never fills in an empty value [REP-4]', () => {
  expect(() => fillTemplate('{{a}}', { a: ' ' })).toThrow(TemplateError);
  expect(fillTemplate('{{ a }}-{{a}}', { a: '{{b}}$&' })).toBe('{{b}}$&-{{b}}$&');
  expect(() => fillTemplate('{{toString}}', {})).toThrow(TemplateError);
});
