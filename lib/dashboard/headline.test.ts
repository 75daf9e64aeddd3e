import { describe, expect, it } from 'vitest';
import type { MetricVerdict } from '#lib/analyzer/index.ts';
import { headlineOf, type VerdictGlance } from './headline.ts';
import type { Sight } from './sight.schema.ts';
import { dueEndAt, nextEvaluationOf, sightOf } from './sight.ts';

const at = (time: string) => new Date(`2026-11-21T${time}:00Z`);
const QUARTER_MS = 900_000;

/** Verdicts of touching windows, newest first, the newest ending at 12:00. */
function glances(...kinds: VerdictGlance['verdict'][]): VerdictGlance[] {
  return kinds.map((verdict, index) => ({
    windowStart: new Date(at('12:00').getTime() - (index + 1) * QUARTER_MS),
    windowEnd: new Date(at('12:00').getTime() - index * QUARTER_MS),
    verdict,
    sloMet: verdict === 'insufficient_data' ? null : verdict !== 'violation',
    rollbackRequired: false,
    rollbackTo: null,
  }));
}

const seeing: Sight = {
  state: 'seeing',
  lastDataAt: null,
  lastWindowEnd: null,
  staleAfterSeconds: 1200,
  cause: null,
};
const blind: Sight = { ...seeing, state: 'blind', lastWindowEnd: '2026-11-21T12:00:00.000Z' };
const metric = (verdict: MetricVerdict['verdict'], shadow = false): MetricVerdict => ({
  metric: shadow ? 'shadowed' : 'autosave_p95',
  value: 2600,
  unit: 'ms',
  limit: 2500,
  limit_kind: 'max',
  warn_at: 2000,
  verdict,
  met: verdict !== 'violation',
  samples: 40,
  reason: 'past_limit',
  detail: {},
  shadow,
  window_seconds: 900,
});
type Request = Parameters<typeof headlineOf>[0]['request'];
const headline = (
  verdicts: VerdictGlance[],
  sight = seeing,
  metrics: MetricVerdict[] = [],
  request: Request = null,
) => headlineOf({ verdicts, metrics, sight, request, labels: { autosave_p95: { ja: 'P95', en: 'P95' } } });

describe('the verdict sentence [DASH-1]', () => {
  it('says the verdict and since which window it has held', () => {
    expect(headline(glances('warn', 'warn', 'pass'))).toMatchObject({
      code: 'warn',
      windows: 2,
      since: at('11:30').toISOString(),
    });
  });

  it('ends the run at a missing window', () => {
    const [newest, , oldest] = glances('pass', 'pass', 'pass');
    expect(headline([newest, oldest].filter((each) => each !== undefined)).windows).toBe(1);
  });

  it('lets blindness outrank an old pass, so that silence never reads as health [ANA-4]', () => {
    expect(headline(glances('pass'), blind)).toMatchObject({ code: 'blind', since: blind.lastWindowEnd });
  });

  it('keeps a required rollback in sight, even when blind', () => {
    const verdicts = glances('violation').map((each) => ({
      ...each,
      rollbackRequired: true,
      rollbackTo: 'A-1',
    }));
    expect(headline(verdicts, blind)).toMatchObject({ code: 'rollback_required', rollbackTo: 'A-1' });
  });

  it('never says "pass" while a rollback waits that no verdict asks for yet [ROL-3]', () => {
    const request = { openedAt: at('12:07'), toPhase: 'A' };
    for (const verdicts of [glances('pass', 'pass'), glances('warn'), []])
      for (const sight of [seeing, blind])
        expect(headline(verdicts, sight, [metric('warn')], request)).toMatchObject({
          code: 'rollback_waits',
          since: at('12:07').toISOString(),
          rollbackTo: 'A',
          metric: null,
        });
    const asked = glances('violation').map((each) => ({ ...each, rollbackRequired: true, rollbackTo: 'A' }));
    expect(headline(asked, seeing, [metric('violation')], request)).toMatchObject({
      code: 'rollback_required',
      metric: { id: 'autosave_p95' },
    });
  });

  it('names the metric that decided, never a shadow one', () => {
    const metrics = [metric('violation', true), metric('violation')];
    expect(headline(glances('violation'), seeing, metrics).metric).toMatchObject({
      id: 'autosave_p95',
      samples: 40,
    });
  });

  it('tells no verdict yet from no telemetry yet', () => {
    expect(headline([]).code).toBe('no_verdict_yet');
    expect(headline([], { ...seeing, state: 'never' }).code).toBe('no_telemetry_yet');
  });
});

describe('whether Phasegate can see', () => {
  const sight = (lastWindowEnd: Date | null, now: string, lastDataAt: Date | null = at('11:59')) =>
    sightOf({ lastDataAt, lastWindowEnd, staleAfterSeconds: 1200, now: at(now) }).state;

  it('is blind only past the limit of staleness', () => {
    expect(sight(at('12:00'), '12:20')).toBe('seeing');
    expect(
      sightOf({
        lastDataAt: null,
        lastWindowEnd: at('12:00'),
        staleAfterSeconds: 1200,
        now: new Date(at('12:20').getTime() + 1),
      }).state,
    ).toBe('blind');
  });

  it('is not blind before the first verdict', () => {
    expect(sight(null, '12:20')).toBe('seeing');
    expect(sight(null, '12:20', null)).toBe('never');
  });
});

describe('why there is no verdict [DASH-7]', () => {
  const cause = (facts: Partial<Parameters<typeof sightOf>[0]>) =>
    sightOf({
      lastDataAt: at('12:19'),
      lastWindowEnd: at('12:00'),
      staleAfterSeconds: 1200,
      now: at('12:20'),
      ...facts,
    }).cause;

  it('is none while Phasegate sees, and before the first telemetry', () => {
    expect(cause({ dueEnd: at('12:00') })).toBeNull();
    expect(cause({ lastDataAt: null, lastWindowEnd: null })).toBeNull();
  });

  it('is lateness while a window that should be judged is not, from the end of its slot on', () => {
    expect(cause({ dueEnd: dueEndAt(at('12:26'), 900, 720) })).toBeNull();
    expect(cause({ dueEnd: dueEndAt(at('12:27'), 900, 720) })).toBe('late');
  });

  it('tells a pause, silence and telemetry that nobody judges apart', () => {
    expect(cause({ pausedForLong: true })).toBe('paused');
    expect(cause({ now: at('12:45') })).toBe('silent');
    expect(cause({ now: at('12:45'), lastDataAt: at('12:44') })).toBe('unjudged');
  });
});

describe('when the next verdict is due [COL-4]', () => {
  const next = (lastWindowEnd: Date | null, now: string) =>
    nextEvaluationOf({ lastWindowEnd, windowSeconds: 900, analyzeSlotSeconds: 720, now: at(now) });

  it('is that of the open window once the last one is judged', () => {
    expect(next(at('12:00'), '12:05')).toMatchObject({
      earliest: at('12:15').toISOString(),
      latest: at('12:27').toISOString(),
    });
  });

  it('is that of the window that has just closed while its slot lasts', () => {
    expect(next(at('11:45'), '12:05').windowEnd).toBe(at('12:00').toISOString());
    expect(next(at('11:45'), '12:12').windowEnd).toBe(at('12:15').toISOString());
  });
});
