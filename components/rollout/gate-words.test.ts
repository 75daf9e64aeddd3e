import { createTranslator } from 'next-intl';
import { describe, expect, it } from 'vitest';
import type { PolicyNames } from '#lib/dashboard/index.ts';
import { type Decision, GATE_KINDS, GATE_REASONS, type GateCheck } from '#lib/rollouts/index.ts';
import en from '../../messages/en.json' with { type: 'json' };
import ja from '../../messages/ja.json' with { type: 'json' };
import {
  earliestPromotion,
  gateLabel,
  gateReason,
  gateRelease,
  heldSentence,
  heldSince,
  rollbackWaits,
} from './gate-words.ts';

const names: PolicyNames = {
  roles: { sre: { ja: 'SRE', en: 'SRE' }, reviewer: { ja: 'レビュアー', en: 'Reviewer' } },
  panels: { restore: { ja: '復元', en: 'Restore' } },
  freezes: { 'year-end': { ja: '年末年始', en: 'Year-end holidays' } },
  items: { 'transition/qa-checklist': { ja: 'QA 完了', en: 'QA is done' } },
};

function wordsIn(locale: 'ja' | 'en') {
  const translate = createTranslator({
    locale,
    messages: locale === 'ja' ? ja : en,
    onError: (error) => {
      throw error;
    },
  });
  const t = translate as unknown as (key: string, values?: Record<string, string | number>) => string;
  return { t, names, locale, zone: 'Asia/Tokyo' as const };
}

const gate = (over: Partial<GateCheck>): GateCheck => ({
  id: over.kind ?? 'windows_running',
  kind: 'windows_running',
  state: 'unmet',
  reason: 'run_too_short',
  now: 5,
  needed: 8,
  unit: 'windows',
  since: '2026-11-21T03:45:00.000Z',
  earliestAt: '2026-11-21T05:45:00.000Z',
  detail: {},
  ...over,
});

const decisionWith = (...gates: GateCheck[]): Decision => ({
  rolloutId: 'autosave',
  phase: 'A',
  state: 'running',
  rolloutVersion: 1,
  policyHash: 'p',
  evidenceHash: 'e',
  decision: 'hold',
  gates,
  heldBy: gates.filter(({ state }) => state !== 'met').map(({ id }) => id),
  earliestAt: null,
  toPhase: 'B',
  rollback: null,
  automation: { promotion: 'recommend', rollback: 'act' },
  decidedAt: '2026-11-21T05:00:00.000Z',
});

describe('what holds a rollout, in words [PHA-3]', () => {
  it('says how far, how far to go and when at the earliest, in both languages', () => {
    const decision = decisionWith(gate({ kind: 'freeze', state: 'met', reason: 'met' }), gate({}));
    expect(heldSentence(decision, wordsIn('en'))).toBe(
      'Held: 5 of 8 windows, 3 to go, earliest 21 Nov, 14:45 JST',
    );
    expect(heldSentence(decision, wordsIn('ja'))).toBe(
      '保留：8 ウィンドウ中 5、あと 3、最短 11/21 14:45 JST',
    );
  });

  it('counts the others that hold it, and says nothing when nothing does', () => {
    const two = decisionWith(
      gate({}),
      gate({ id: 'approvals', kind: 'approvals', reason: 'approvals_missing' }),
    );
    expect(heldSentence(two, wordsIn('en'))).toMatch(/, and 1 more$/);
    expect(heldSentence(decisionWith(gate({ state: 'met', reason: 'met' })), wordsIn('en'))).toBeNull();
  });

  it('does not call waiting for signatures a hold, and says since when it waits', () => {
    const approvals = gate({
      id: 'approvals',
      kind: 'approvals',
      reason: 'approvals_missing',
      unit: 'people',
      now: 0,
      needed: 1,
      earliestAt: null,
      detail: { missing: 'sre' },
    });
    const waiting: Decision = { ...decisionWith(approvals), decision: 'await_approval' };
    expect(heldSentence(waiting, wordsIn('en'))).toBe('Waiting for approval: SRE (0 of 1 people)');
    const at = { phaseEnteredAt: '2026-11-20T00:00:00.000Z', stateEnteredAt: '2026-11-21T04:00:00.000Z' };
    expect(heldSince(waiting, at)).toBe(at.stateEnteredAt);
    expect(heldSince(decisionWith(gate({})), at)).toBe(at.phaseEnteredAt);
  });

  it.each(['ja', 'en'] as const)('has words for every kind and reason there is: %s', (locale) => {
    const words = wordsIn(locale);
    for (const reason of GATE_REASONS) {
      for (const unit of ['windows', 'seconds', 'people', 'items', 'incidents', null] as const) {
        const check = gate({ reason, unit, state: reason === 'met' ? 'met' : 'unmet' });
        expect(gateReason(check, words), reason).not.toMatch(/[{}]|gateReason/);
        if (reason !== 'met') expect(gateRelease(check, words), reason).not.toMatch(/[{}]|gateRelease/);
      }
    }
    for (const kind of GATE_KINDS) expect(gateLabel(gate({ kind }), words), kind).not.toMatch(/gateKind/);
  });

  it('names roles, panels, items and freezes as the policy does, not by id', () => {
    const words = wordsIn('en');
    const missing = gate({
      kind: 'approvals',
      reason: 'approvals_missing',
      unit: 'people',
      now: 0,
      needed: 1,
      earliestAt: null,
      detail: { missing: 'sre' },
    });
    expect(gateReason(missing, words)).toBe('Waiting for approval: SRE (0 of 1 people)');
    const panel = gate({
      id: 'signed_off:restore',
      kind: 'signed_off',
      reason: 'sign_offs_missing',
      earliestAt: null,
      detail: { panel: 'restore', role: 'reviewer' },
    });
    expect([gateLabel(panel, words), gateReason(panel, words)]).toEqual([
      'Panel signed: Restore',
      'Waiting for a signature: Reviewer',
    ]);
    const list = gate({
      id: 'checklist:transition',
      kind: 'checklist',
      reason: 'answers_missing',
      earliestAt: null,
      detail: { missing: 'qa-checklist' },
    });
    expect(gateReason(list, words)).toBe('Waiting for answers: QA is done');
    const frozen = gate({
      kind: 'freeze',
      reason: 'frozen_by_calendar',
      earliestAt: null,
      detail: { freeze: 'year-end' },
    });
    expect(gateReason(frozen, words)).toBe('Frozen by the calendar: Year-end holidays');
  });
});

describe('the earliest promotion', () => {
  const windows = gate({ unit: 'windows', state: 'unmet', earliestAt: '2026-11-21T05:45:00.000Z' });
  const hours = gate({ unit: 'seconds', state: 'unmet', earliestAt: '2026-11-22T05:00:00.000Z' });
  const people = gate({ kind: 'approvals', unit: 'people', state: 'unmet', earliestAt: null });

  it('is when the last gate that runs by the clock may be met; people come on top [PHA-3]', () => {
    expect(earliestPromotion({ gates: [windows, hours, people] })).toBe(hours.earliestAt);
    expect(earliestPromotion({ gates: [hours, windows] })).toBe(hours.earliestAt);
  });

  it('is not told where no gate runs by the clock, or one cannot say when', () => {
    expect(earliestPromotion({ gates: [people] })).toBeNull();
    expect(earliestPromotion({ gates: [{ ...hours, state: 'met' }, people] })).toBeNull();
    expect(earliestPromotion({ gates: [hours, { ...windows, earliestAt: null }] })).toBeNull();
  });
});

describe('a required rollback', () => {
  const pending = gate({ kind: 'rollback_pending', reason: 'rollback_required' });

  it('is named although a kill switch is the first that holds the rollout [ROL-3, OPS-7]', () => {
    expect(rollbackWaits({ gates: [gate({ kind: 'kill_switch', reason: 'killed' }), pending] })).toBe(true);
    expect(rollbackWaits({ gates: [gate({ kind: 'kill_switch', reason: 'killed' })] })).toBe(false);
    expect(rollbackWaits({ gates: [{ ...pending, state: 'met', reason: 'met' }] })).toBe(false);
  });
});
