import { readdirSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import {
  fillTemplate,
  MESSAGE_KINDS,
  type MessageKind,
  parseTemplate,
  REPORT_KINDS,
  renderMessage,
  TEMPLATE_LOCALES,
} from './index.ts';
import { parseReportTemplate } from './parse-template.ts';
import { checkTemplates, loadTemplate } from './server.ts';

const kinds = Object.keys(MESSAGE_KINDS) as MessageKind[];
const valuesOf = (kind: MessageKind) =>
  Object.fromEntries(MESSAGE_KINDS[kind].fields.map((field) => [field, `«${field}»`]));

describe('the templates that are shipped', () => {
  it('are one file for each message, and every one can be made [REP-4]', async () => {
    expect(readdirSync('templates/alerts').sort()).toEqual(kinds.map((kind) => `${kind}.md`).sort());
    expect(await checkTemplates()).toEqual([]);
  });

  it('are one file for each report, too [REP-4] [ROL-6]', () => {
    const files = Object.keys(REPORT_KINDS).map((kind) => `${kind}.md`);
    expect(readdirSync('templates/reports').sort()).toEqual(files.sort());
  });

  it('of reports are held as strictly as messages: a placeholder too many or too few has its line [REP-4]', () => {
    const all = REPORT_KINDS.rca.required.map((field) => `{{${field}}}`).join(' ');
    const parse = (text: string) => parseReportTemplate('rca', 'templates/reports/rca.md', text).issues;
    expect(parse(`## report.ja\n${all}\n## report.en\n${all}`)).toEqual([]);
    expect(parse(`## report.ja\n${all}\n## report.en\n${all} {{ovner}}`)).toMatchObject([
      { line: 4, message: expect.stringMatching(/\{\{ovner\}\} is not known/) },
    ]);
    expect(parse(`## report.ja\n${all}\n## report.en\n${all.replace('{{owner}}', '')}`)).toMatchObject([
      { line: 3, message: 'section report.en must say {{owner}}' },
    ]);
    expect(parse(`## report.ja\n${all}`)).toMatchObject([
      { message: expect.stringMatching(/report\.en is missing/) },
    ]);
  });

  it.each(kinds)('%s says what it must in both languages, for each of its channels [REP-4]', async (kind) => {
    const template = await loadTemplate(kind);
    for (const sink of MESSAGE_KINDS[kind].sinks)
      for (const locale of TEMPLATE_LOCALES) {
        const text = renderMessage(template, sink, locale, valuesOf(kind) as never);
        for (const field of MESSAGE_KINDS[kind].required) expect(text).toContain(`«${field}»`);
        expect(text).not.toMatch(/\{\{|undefined/);
      }
  });

  it('keep what a PagerDuty summary may have: one line, at most 1024 characters [REP-1]', async () => {
    for (const kind of kinds.filter((each) =>
      (MESSAGE_KINDS[each].sinks as readonly string[]).includes('pagerduty'),
    )) {
      const text = renderMessage(await loadTemplate(kind), 'pagerduty', 'ja', valuesOf(kind) as never);
      expect(text).not.toContain('\n');
      expect(text.length).toBeLessThanOrEqual(1024);
    }
  });
});

describe('a template', () => {
  const parse = (text: string) =>
    parseTemplate('autosave-ok', 'templates/alerts/autosave-ok.md', text).issues;
  const good = 'x {{phase}} {{window}} {{p95}} {{err_rate}}';

  it('is accepted when both languages say what they must', () => {
    expect(parse(`# t\n\n## slack.ja\n${good}\n\n## slack.en\n${good}\n`)).toEqual([]);
  });

  it.each([
    [
      'an unknown placeholder',
      `## slack.ja\nhello\n${good} {{p59}}\n## slack.en\n${good}`,
      3,
      /\{\{p59\}\} is not known/,
    ],
    [
      'a placeholder that is missing',
      `## slack.ja\n${good}\n## slack.en\n{{phase}} {{window}} {{p95}}`,
      3,
      /slack\.en must say \{\{err_rate\}\}/,
    ],
    ['a language that is missing', `## slack.ja\n${good}`, 1, /slack\.en is missing/],
    [
      'a section that nobody knows',
      `## slak.ja\n${good}\n## slack.ja\n${good}\n## slack.en\n${good}`,
      1,
      /slak\.ja/,
    ],
    [
      'a section that is there twice',
      `## slack.ja\n${good}\n## slack.ja\n${good}\n## slack.en\n${good}`,
      3,
      /twice/,
    ],
  ])('names the line of %s [REP-4]', (_, text, line, message) => {
    expect(parse(text)).toEqual([
      { file: 'templates/alerts/autosave-ok.md', line, message: expect.stringMatching(message) },
    ]);
  });

  it('never sends what people or telemetry wrote as markup', async () => {
    const values = { ...valuesOf('kill-switch'), reason: '<!channel> & <https://evil|x>\u001b[31m' };
    const text = renderMessage(await loadTemplate('kill-switch'), 'slack', 'en', values as never);
    expect(text).toContain('&lt;!channel&gt; &amp; &lt;https://evil|x&gt; [31m');
    const issue = renderMessage(await loadTemplate('incident-closed'), 'issue', 'en', {
      ...valuesOf('incident-closed'),
      closed_by: '@everyone #1',
    } as never);
    expect(issue).toContain('@\u200beveryone #\u200b1');
  });

  it('gives a value no way out of its line: no heading, link, picture, emphasis or forged line', async () => {
    const reason =
      'slow\n\n# All clear\n![x](https://evil/x.png) [click](https://evil) **now** `rm` ~~no~~ snake_case';
    const values = { ...valuesOf('autosave-rollback'), reason };
    const template = await loadTemplate('autosave-rollback');
    const issue = renderMessage(template, 'issue', 'en', values as never);
    expect(issue).toContain(
      'slow # All clear !\\[x\\](https://evil/x.png) \\[click\\](https://evil) \\*\\*now\\*\\* \\`rm\\` \\~\\~no\\~\\~ snake_case',
    );
    expect(renderMessage(template, 'slack', 'en', values as never)).toContain('reason=slow # All clear');
  });

  it('leaves an address whole, so that it can be followed', async () => {
    const values = { ...valuesOf('rca-shared'), rca_url: 'https://docs.example/_rca_/d~1?x=@a#1' };
    const text = renderMessage(await loadTemplate('rca-shared'), 'issue', 'en', values as never);
    expect(text).toContain('has shared the RCA. https://docs.example/_rca_/d~1?x=@a#1');
  });

  it('escapes the lines of a table, and keeps them apart', async () => {
    const table = '■ A & B: 4 % (< 5 %)\n● C: 1 % (> 0 %)';
    const text = renderMessage(await loadTemplate('autosave-warn'), 'slack', 'en', {
      ...valuesOf('autosave-warn'),
      metric_table: table,
    } as never);
    expect(text).toContain('■ A &amp; B: 4 % (&lt; 5 %)\n● C: 1 % (&gt; 0 %)');
  });

  it('is sent although a person wrote nothing that can be read', async () => {
    const values = { ...valuesOf('kill-switch'), reason: '\u0001\u0002\u0003' };
    const text = renderMessage(await loadTemplate('kill-switch'), 'slack', 'en', values as never);
    expect(text).toContain('reason: —');
  });

  it('leaves no value empty and no placeholder behind [REP-4]', () => {
    expect(() => fillTemplate('{{a}}', { a: '' })).toThrow(/empty/);
    expect(() => fillTemplate('{{a}} {{b}}', { a: '1' })).toThrow(/\{\{b\}\}/);
  });
});
