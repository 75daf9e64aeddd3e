import { expect, it } from 'vitest';
import { csvCell, csvHead, csvLine } from './audit-csv.ts';

const ENTRY = {
  seq: 7,
  at: '2026-11-21T15:30:00.500Z',
  actorId: 'user:1',
  actorName: '佐藤, 花子',
  action: 'rollout.promoted',
  subject: 'rollout:autosave',
  reason: '=HYPERLINK("http://evil.example")',
  details: { from: 'A', to: 'B' },
  prevHash: 'a'.repeat(64),
  hash: 'b'.repeat(64),
};

it('writes an entry for spreadsheets with its time in Japan and in UTC, and a mark that Excel knows UTF-8 by [OPS-20]', () => {
  expect(csvHead().codePointAt(0)).toBe(0xfeff);
  expect(csvLine(ENTRY)).toBe(
    `7,2026-11-22 00:30:00.500,2026-11-21 15:30:00.500,"佐藤, 花子",user:1,rollout.promoted,rollout:autosave,` +
      `"'=HYPERLINK(""http://evil.example"")","{""from"":""A"",""to"":""B""}",${'a'.repeat(64)},${'b'.repeat(64)}\r\n`,
  );
});

it.each([
  ['=1+1', "'=1+1"],
  ['+81 3', "'+81 3"],
  ['-1', "'-1"],
  ['@SUM(A1)', "'@SUM(A1)"],
  ['\t=1', "'\t=1"],
  [' =1', "' =1"],
  ['＝1+1', "'＝1+1"],
  ['a=1', 'a=1'],
  ['', ''],
  ['a\nb', '"a\nb"'],
])('lets a spreadsheet show %j and never run it [OPS-20]', (text, cell) => {
  expect(csvCell(text)).toBe(cell);
});
