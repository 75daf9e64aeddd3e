import { describe, expect, it } from 'vitest';
import { PANEL_RANGES, PanelQuerySchema } from './panel.schema.ts';
import { panelSpan } from './panel-points.ts';

const NOW = new Date('2026-11-20T05:14:59Z');
const spanOf = (query: object) => {
  const { from, to, pointSeconds } = panelSpan(PanelQuerySchema.parse(query), 900, NOW);
  return [from.toISOString(), to.toISOString(), pointSeconds];
};

describe('what a panel is asked for', () => {
  it('ends with the newest window that is over [DASH-7]', () => {
    expect(spanOf({ range: '2h' })).toEqual(['2026-11-20T03:00:00.000Z', '2026-11-20T05:00:00.000Z', 900]);
  });

  it('has a point for each window up to 7 days, and never more points than a chart is wide [DASH-1]', () => {
    expect(PANEL_RANGES.map((range) => spanOf({ range })[2])).toEqual([900, 900, 900, 3600, 10_800]);
  });

  it('is looked at closely with a point for each window again, in whole windows [DASH-1]', () => {
    expect(spanOf({ range: '90d', from: '2026-10-01T10:07:00Z', to: '2026-10-02T10:07:00Z' })).toEqual([
      '2026-10-01T10:00:00.000Z',
      '2026-10-02T10:15:00.000Z',
      900,
    ]);
  });

  it.each([
    ['one end only', { from: '2026-10-01T10:00:00Z' }],
    ['ends in the wrong order', { from: '2026-10-01T10:00:00Z', to: '2026-10-01T10:00:00Z' }],
    ['more than 92 days', { from: '2026-01-01T00:00:00Z', to: '2026-10-01T00:00:00Z' }],
    ['a range that is none', { range: '1y' }],
  ])('is refused with %s [OPS-20]', (_, query) => {
    expect(PanelQuerySchema.safeParse(query).success).toBe(false);
  });
});
