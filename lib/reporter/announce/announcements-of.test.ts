import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Policy, parsePolicy } from '#lib/policy/index.ts';
import {
  type AnnouncementFacts,
  announcementsOf,
  type JudgedWindow,
  LOOK_BACK_WINDOWS,
} from './announcements-of.ts';

const { policy } = parsePolicy({
  policy: { file: 'policy.yaml', text: readFileSync('governance/policy.yaml', 'utf8') },
  events: { file: 'events.yaml', text: readFileSync('governance/events.yaml', 'utf8') },
});
const WINDOW_MS = 900_000;
const now = new Date('2026-11-21T03:03:00Z'); // 12:03 in Tokyo
const NEWEST_END = new Date('2026-11-21T03:00:00Z').getTime();
const everyWindow: Policy = { ...policy, reporting: { ...policy.reporting, announceOk: 'every_window' } };

/** o: met, w: warn, v: violation, r: violation that requires a rollback, -: too few samples; oldest first. */
const VERDICTS = { o: 'pass', w: 'warn', v: 'violation', r: 'violation', '-': 'insufficient_data' } as const;
type Letter = keyof typeof VERDICTS;

const windowsOf = (letters: string, newestEnd = NEWEST_END): JudgedWindow[] =>
  [...letters].reverse().map((letter, back) => ({
    verdictId: `00000000-0000-7000-8000-${String(back).padStart(12, '0')}`,
    windowStart: new Date(newestEnd - (back + 1) * WINDOW_MS),
    windowEnd: new Date(newestEnd - back * WINDOW_MS),
    verdict: VERDICTS[letter as Letter],
    rollbackRequired: letter === 'r',
  }));

const facts = (about: Partial<AnnouncementFacts>): AnnouncementFacts => ({
  policy,
  rollout: { id: 'autosave', phase: 'B', preparing: false },
  windows: [],
  collected: [],
  told: new Set(),
  decisionId: null,
  now,
  ...about,
});

/** What is said as the windows come one by one, each with what was said before: a letter for each window. */
function saidAlong(letters: string, about: Partial<AnnouncementFacts> = {}): string {
  const told = new Set<string>();
  return [...letters]
    .map((_, index) => {
      const end = NEWEST_END + index * WINDOW_MS;
      const windows = windowsOf(letters.slice(0, index + 1), end).slice(0, LOOK_BACK_WINDOWS);
      const said = announcementsOf(facts({ windows, told, now: new Date(end + 180_000), ...about }));
      for (const { dedupKey } of said) told.add(dedupKey);
      return said.map(({ cause }) => (cause.kind === 'autosave-ok' ? 'O' : 'W')).join('') || '.';
    })
    .join('');
}

describe('what a judged window has people told', () => {
  it.each([
    ['ooo', 'O..', 'that the phase does well, once'],
    ['oowo', 'O.WO', 'a warning, and that it is over'],
    ['owww', 'OW..', 'a warning that lasts, once'],
    ['ow-w', 'OW..', 'nothing new after a window that says nothing'],
    ['o-o', 'O..', 'nothing after a window that says nothing'],
    ['owvv', 'OWW.', 'once more when a warning becomes a violation'],
    ['ovw', 'OW.', 'no step down in severity as news'],
    ['orw', 'O.W', 'a warning that follows what the incident told'],
    ['oro', 'O.O', 'that it is over after an incident'],
    ['---', '...', 'nothing where too little was measured'],
    ['owow', 'OWOW', 'each turn'],
  ])('%s says %s: %s [REP-4]', (letters, expected) => {
    expect(saidAlong(letters)).toBe(expected);
  });

  it('says every good window where the policy wants it so [REP-4]', () => {
    expect(saidAlong('oo-ow', { policy: everyWindow })).toBe('OO.OW');
  });

  it('warns in every phase, and says good windows only from the phase of the policy on [REP-4]', () => {
    expect(saidAlong('owwowo', { rollout: { id: 'autosave', phase: 'A', preparing: false } })).toBe('.W..W.');
    expect(saidAlong('owo', { rollout: { id: 'autosave-merge', phase: 'A-2', preparing: false } })).toBe(
      '.W.',
    );
    expect(saidAlong('owo', { rollout: { id: 'autosave-merge', phase: 'B-1', preparing: false } })).toBe(
      'OWO',
    );
  });

  it('repeats a warning that lasts once a day, and never that all is well [REP-4]', () => {
    const said = saidAlong(`o${'w'.repeat(2 * LOOK_BACK_WINDOWS)}`);
    expect(said.match(/W/g)).toHaveLength(2);
    expect(said[1 + LOOK_BACK_WINDOWS]).toBe('W');
    expect(saidAlong('o'.repeat(2 * LOOK_BACK_WINDOWS)).match(/O/g)).toHaveLength(1);
  });

  it('says nothing of a past that was judged later, nor of what has not begun', () => {
    const windows = windowsOf('ow');
    const later = (minutes: number) => new Date(NEWEST_END + minutes * 60_000);
    expect(announcementsOf(facts({ windows, now: later(35) }))).toHaveLength(1);
    expect(announcementsOf(facts({ windows, now: later(36) }))).toEqual([]);
    expect(
      announcementsOf(facts({ windows, rollout: { id: 'autosave', phase: 'B', preparing: true } })),
    ).toEqual([]);
  });

  it('says at most one thing of a window, and the same key for it however often it is asked [REP-3]', () => {
    const letters = fc.array(fc.constantFrom<Letter>('o', 'w', 'v', 'r', '-'), { maxLength: 30 });
    fc.assert(
      fc.property(letters, (run) => {
        const about = facts({ windows: windowsOf(run.join('')) });
        const said = announcementsOf(about);
        expect(said.length).toBeLessThanOrEqual(1);
        expect(announcementsOf(about)).toEqual(said);
        // What has been told of this very window is not told again.
        if (policy.reporting.announceOk === 'on_change')
          expect(announcementsOf({ ...about, told: new Set(said.map(({ dedupKey }) => dedupKey)) })).toEqual(
            [],
          );
      }),
      { numRuns: 500 },
    );
  });
});

describe('a phase with nothing on', () => {
  const readiness = (about: Partial<AnnouncementFacts>) =>
    announcementsOf(
      facts({
        rollout: { id: 'autosave-merge', phase: 'A-0', preparing: false },
        windows: windowsOf('v'),
        ...about,
      }),
    );

  it('shares its readiness once a day, by the day of the policy, and warns of nothing [REP-1] [REP-4]', () => {
    const [said, ...others] = readiness({});
    expect(others).toEqual([]);
    expect(said).toMatchObject({
      dedupKey: 'readiness:autosave-merge:A-0:2026-11-21',
      cause: { kind: 'readiness', decisionId: null },
    });
  });

  it.each([
    ['2026-11-20T23:59:00Z', undefined], // 08:59 in Tokyo
    ['2026-11-21T00:00:00Z', 'readiness:autosave-merge:A-0:2026-11-21'],
    ['2026-11-21T14:59:00Z', 'readiness:autosave-merge:A-0:2026-11-21'],
    ['2026-11-21T15:00:00Z', undefined], // the next day has begun, and people sleep
  ])('at %s: %s', (at, key) => {
    const when = new Date(at);
    const windows = windowsOf('o', Math.floor(when.getTime() / WINDOW_MS) * WINDOW_MS);
    expect(readiness({ now: when, windows })[0]?.dedupKey).toBe(key);
  });
});

describe('late collection', () => {
  const collected = (...delays: number[]) =>
    delays.map((delaySeconds, back) => ({
      windowStart: new Date(NEWEST_END - (back + 1) * WINDOW_MS),
      delaySeconds,
    }));

  it.each([
    [[300], 0],
    [[301], 1],
    [[301, 12], 1],
    [[400, 301], 0], // told when it began
    [[12, 400], 0],
  ])('with delays of %j s (newest first) is told %i times [REP-4] [TEL-7]', (delays, times) => {
    const said = announcementsOf(facts({ collected: collected(...delays) }));
    expect(said).toHaveLength(times);
    if (times > 0)
      expect(said[0]).toMatchObject({
        dedupKey: 'collector-delayed:autosave:2026-11-21T02:45:00.000Z',
        cause: { kind: 'collector-delayed', delaySeconds: delays[0], reason: 'collected_late' },
      });
  });

  it('is told again where windows lie between', () => {
    const [newest, before] = collected(400, 400);
    if (!newest || !before) throw new Error('two were made');
    const long = { ...before, windowStart: new Date(before.windowStart.getTime() - WINDOW_MS) };
    expect(announcementsOf(facts({ collected: [newest, long] }))).toHaveLength(1);
  });
});
