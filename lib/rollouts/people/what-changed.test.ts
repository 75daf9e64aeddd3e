import { expect, it } from 'vitest';
import { decide } from '../decision/decide.ts';
import { NOW, readyFacts } from './ready-facts.fixture.ts';
import { whatChanged } from './what-changed.ts';

const seen = decide(readyFacts('A'));
const shown = { rolloutVersion: 1, policyHash: seen.policyHash, evidenceHash: seen.evidenceHash };

it('finds nothing while what was shown still stands, though another window has passed [PHA-3]', () => {
  expect(whatChanged(shown, seen, decide(readyFacts('A')))).toEqual([]);
  expect(whatChanged(shown, null, decide(readyFacts('A')))).toEqual([]);
});

it.each([
  ['another version', { ...shown, rolloutVersion: 4 }, 'rolloutVersion'],
  ['another policy', { ...shown, policyHash: 'x' }, 'policyHash'],
  ['other evidence, of which there is no record', { ...shown, evidenceHash: 'x' }, 'evidenceHash'],
] as const)('says that there is %s [PHA-3]', (_, asShown, field) => {
  expect(whatChanged(asShown, null, seen)).toMatchObject([{ field }]);
});

it('takes the policy from the record where the request does not carry it [PHA-3]', () => {
  const { policyHash: _, ...rest } = shown;
  expect(whatChanged(rest, { ...seen, policyHash: 'before' }, seen)).toMatchObject([{ field: 'policyHash' }]);
});

it('names each gate that fell, and each run or signature that is another one [PHA-3] [PHA-4]', () => {
  const incident = { id: 'i', number: 7, severity: 'minor' as const, openedAt: NOW, closedAt: null };
  const broken = readyFacts('A').verdicts.map((verdict, back) =>
    back === 9 ? { ...verdict, verdict: 'violation' as const, sloMet: false } : verdict,
  );
  const signOffs = readyFacts('A').signOffs.map((signOff) => ({ ...signOff, givenAt: new Date(0) }));
  const now = decide(readyFacts('A', { incidents: [incident], verdicts: broken, signOffs }));
  expect(whatChanged(shown, seen, now).map(({ field }) => field)).toEqual([
    'no_open_incident',
    'windows_running',
    'signed_off:autosave',
  ]);
});
