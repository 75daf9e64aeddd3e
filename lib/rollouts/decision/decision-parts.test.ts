import { describe, expect, it } from 'vitest';
import { parsePolicy } from '#lib/policy/index.ts';
import { decide } from './decide.ts';
import { decisionFingerprint } from './decision-fingerprint.ts';
import { factsOf, metric, minutesOn, shipped, verdicts, vote } from './facts.fixture.ts';
import { gateEventOf } from './gate-event.ts';
import { incidentOfDecision } from './incident-of-decision.ts';
import { judgingRulesHash } from './judging-rules.ts';

describe('the rules a phase is judged by [PHA-4]', () => {
  const hashOf = (edit: (yaml: string) => string, events = shipped.eventsYaml) => {
    const text = edit(shipped.policyYaml);
    return judgingRulesHash(
      parsePolicy({ policy: { file: 'p', text }, events: { file: 'e', text: events } }),
      'autosave',
      'B',
    );
  };
  const replace = (from: string, to: string) => (yaml: string) => {
    expect(yaml).toContain(from);
    return yaml.replace(from, to);
  };
  const now = hashOf((yaml) => yaml);

  it.each([
    ['a label', replace('拡大 30 %', '拡大')],
    ['a comment', replace('version: 1', 'version: 1 # one')],
    [
      'who approves',
      replace(
        'approvals: [{ role: sre }]\n        promoteBy: [sre, admin]',
        'approvals: [{ role: dev_lead }]\n        promoteBy: [sre, admin]',
      ),
    ],
    ['a channel', replace("channel: '#launch-autosave'", "channel: '#launch'")],
    ['a limit of another phase', replace('max: 1800, window: 15m', 'max: 1700, window: 15m')],
    [
      'a gate of the phase',
      replace(
        '- { kind: met_for, duration: 24h }\n          - { kind: no_incident, severity: major }',
        '- { kind: met_for, duration: 48h }\n          - { kind: no_incident, severity: major }',
      ),
    ],
    ['the label of a metric it uses', replace('en: Save latency P95', 'en: P95 of saves')],
    [
      'a metric it does not use',
      replace(
        'of: [{ event: bug.reported, where: { severity: critical } }]',
        'of: [{ event: bug.reported }]',
      ),
    ],
  ])('are the same after a change of %s', (_, edit) => {
    expect(hashOf(edit)).toBe(now);
  });

  it.each([
    ['a limit', replace('max: 2000, window: 15m', 'max: 2100, window: 15m')],
    ['a window', replace('max: 2000, window: 15m', 'max: 2000, window: 30m')],
    [
      'the samples that are needed',
      replace('max: 2000, window: 15m', 'max: 2000, window: 15m, minSamples: 30'),
    ],
    [
      'what a metric counts',
      replace(
        'denominator: [{ event: autosave.save.error }, { event: autosave.save.completed }]',
        'denominator: [{ event: autosave.save.completed }]',
      ),
    ],
    [
      'what is kept out',
      replace(
        '- { tag: dry_run, where: { dry_run: true } }',
        '- { tag: no_dry_run, where: { dry_run: true } }',
      ),
    ],
  ])('are others after a change of %s', (_, edit) => {
    expect(hashOf(edit)).not.toBe(now);
  });

  it('follow a metric to what it is computed from, and leave out what is only watched', () => {
    const of = (edit: (yaml: string) => string) => {
      const text = edit(shipped.policyYaml);
      const loaded = parsePolicy({
        policy: { file: 'p', text },
        events: { file: 'e', text: shipped.eventsYaml },
      });
      return judgingRulesHash(loaded, 'autosave-merge', 'A-2');
    };
    const crash = replace('numerator: [{ event: client.crash }]', 'numerator: [{ event: client.session }]');
    expect(of(crash)).not.toBe(of((yaml) => yaml));
    const watched = 'autosave_incident_rate, max: 0.005, window: 2h, shadow: true';
    expect(of(replace(watched, watched.replace('0.005', '0.006')))).toBe(of((yaml) => yaml));
  });

  it('are none of a phase that the policy lacks', () => {
    expect(judgingRulesHash(shipped, 'autosave', 'Z')).toBeNull();
  });
});

describe('the record of decisions', () => {
  const print = (...example: Parameters<typeof factsOf>) => decisionFingerprint(decide(factsOf(...example)));

  it('is written once while a rollout waits for the same thing [PHA-3]', () => {
    const waiting = print({ windows: '.....' });
    expect(print({ windows: '......' })).toBe(waiting);
    expect(print({ windows: '.....', now: minutesOn(9) })).toBe(waiting);
    const blind = (minutes: number) => print({ windows: '.....', now: minutesOn(minutes) });
    expect(blind(30)).toBe(blind(55));
    const bad = (windows: string) => print({ windows, phaseId: 'B' });
    expect(bad('..v')).toBe(bad('.vv'));
  });

  it('is written again when what holds it, what is asked or what people sign is another [PHA-3]', () => {
    const all = [
      print({ windows: '.....' }),
      print(),
      print({ windows: '.....u' }),
      print({ windows: '.....v' }),
      print({ windows: '.....', unreadSources: ['x'] }),
      print({ windows: '.....', unreadSources: ['y'] }),
      print({ windows: '.....', signOffs: [] }),
      print({ rollout: { version: 9 } }),
      print({ policyHash: 'policy-2', signOffs: [] }),
      print({ windows: 'v........' }),
      print({ approvals: [vote('eve', 'sre', { choice: 'reject' })] }),
    ];
    expect(new Set(all).size).toBe(all.length);
  });
});

describe('asking people', () => {
  const event = (...example: Parameters<typeof factsOf>) => {
    const facts = factsOf(...example);
    return gateEventOf(facts.rollout, decide(facts));
  };
  const asking = { state: 'awaiting_approval' } as const;

  it('begins when every other gate is met and ends when one is lost [PHA-3]', () => {
    expect(event()).toBe('gates_met');
    expect(event({ windows: '...' })).toBeNull();
    expect(event({ rollout: asking })).toBeNull();
    expect(event({ rollout: asking, windows: '........-' })).toBe('gates_lost');
    expect(event({ rollout: asking, windows: '........v' })).toBe('gates_lost');
    expect(event({ rollout: asking, approvals: [vote('eve', 'sre', { choice: 'reject' })] })).toBeNull();
    expect(event({ rollout: { state: 'halted', resumeState: 'awaiting_approval' } })).toBeNull();
  });

  it('ends with a required rollback, whatever the gates say [ROL-3]', () => {
    const facts = factsOf({ rollout: asking });
    const rollback = {
      cause: 'fast_lane',
      toPhase: null,
      windowStart: null,
      verdictId: null,
      metrics: [],
    } as const;
    expect(gateEventOf(facts.rollout, { ...decide(facts), rollback: { ...rollback, metrics: [] } })).toBe(
      'gates_lost',
    );
  });

  it('is left out where the promotion is in shadow [PHA-3]', () => {
    const shadow = { automation: { promotion: 'shadow', rollback: 'act' } } as const;
    expect(event({ phase: shadow })).toBeNull();
    expect(event({ phase: shadow, rollout: asking })).toBe('gates_lost');
  });
});

describe('the incident of a decision [INC-1]', () => {
  const incident = (...example: Parameters<typeof factsOf>) => {
    const facts = factsOf(...example);
    return incidentOfDecision(decide(facts), facts);
  };
  const violated = [metric('autosave_p95', { verdict: 'violation', met: false })];

  it('is major where a rollback is required, minor where an objective only warns', () => {
    expect(incident({ phaseId: 'B', windows: '.v', metrics: violated })).toMatchObject({
      severity: 'major',
      details: { metrics: ['autosave_p95'], rollback_cause: 'verdict' },
    });
    expect(incident({ phaseId: 'B', windows: '.V', metrics: violated })).toMatchObject({
      severity: 'minor',
      details: { metrics: ['autosave_p95'], rollback_cause: null, last_window: minutesOn(-15).toISOString() },
    });
  });

  it('is none while the newest window is no violation, and before anything is on', () => {
    for (const windows of ['.', '-', 'u', 'v.', '']) expect(incident({ windows })).toBeNull();
    expect(incident({ windows: 'v', rollout: { state: 'preparing' } })).toBeNull();
    expect(verdicts('v')[0]?.rollbackRequired).toBe(true);
  });
});
