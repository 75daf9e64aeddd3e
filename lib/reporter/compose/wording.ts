import type { MetricVerdict } from '#lib/analyzer/index.ts';
import {
  formatAgainst,
  formatInstant,
  formatLimit,
  formatSpan,
  formatWindow,
  type Locale,
  type Zone,
  zoneName,
} from '#lib/i18n/index.ts';
import type { Policy } from '#lib/policy/index.ts';
import type { FlagSettings } from '#lib/rollouts/index.ts';

/** What stands where nothing was measured or nothing applies; a message never has an empty value. */
export const NONE = '—';

const SIGNS = { max: '≤', min: '≥', below: '<', above: '>' } as const;
const SHAPES = { pass: '●', warn: '▲', violation: '■', insufficient_data: '○' } as const;

/** Words of messages for one reader: times in the policy's zone, named. */
export type Wording = { policy: Policy; locale: Locale };

const zoneOf = ({ policy }: Wording): Zone => (policy.timezone === 'UTC' ? 'UTC' : 'Asia/Tokyo');

/** An instant with its zone: `2026/11/21 14:00:00 JST`. */
export function instant(wording: Wording, at: Date | string | null): string {
  if (at === null) return NONE;
  const zone = zoneOf(wording);
  return `${formatInstant(at, 'full', wording.locale, zone)} ${zoneName(zone)}`;
}

/** A window with its zone. */
export function window(wording: Wording, start: Date, end: Date): string {
  const zone = zoneOf(wording);
  return `${formatWindow(start.toISOString(), end.toISOString(), wording.locale, zone)} ${zoneName(zone)}`;
}

export const span = (wording: Wording, seconds: number): string => formatSpan(seconds, wording.locale);

/** A metric's name in the reader's language; the id of one the policy no longer has. */
export function metricName({ policy, locale }: Wording, metric: string): string {
  return policy.metrics[metric]?.label[locale] ?? metric;
}

export function metricValue({ locale }: Wording, metric: MetricVerdict | undefined): string {
  if (!metric || metric.value === null) return NONE;
  return formatAgainst(metric.value, metric.limit, metric.unit, locale);
}

export function metricLimit({ locale }: Wording, metric: MetricVerdict | undefined): string {
  if (!metric || metric.limit === null) return NONE;
  const sign = metric.limit_kind === null ? '' : `${SIGNS[metric.limit_kind]} `;
  return `${sign}${formatLimit(metric.limit, metric.unit, locale)}`;
}

/** Every metric with a limit, one line each: shape, name, value, limit, samples. */
export function metricTable(wording: Wording, metrics: readonly MetricVerdict[]): string {
  const lines = metrics
    .filter((metric) => metric.limit !== null && !metric.shadow)
    .map(
      (metric) =>
        `${SHAPES[metric.verdict]} ${metricName(wording, metric.metric)}: ${metricValue(wording, metric)} (${metricLimit(wording, metric)}, n=${metric.samples})`,
    );
  return lines.length > 0 ? lines.join('\n') : NONE;
}

/** Flags as people read them: `autosave.enabled=true (30 %)`. */
export function flags(settings: FlagSettings): string {
  const parts = Object.entries(settings).map(([key, setting]) => {
    const share =
      setting.audience === 'exposure' ? `${Math.round(setting.exposureRatio * 100)} %` : setting.audience;
    return `${key}=${String(setting.value)} (${share})`;
  });
  return parts.length > 0 ? parts.join(', ') : NONE;
}

export { incidentKey } from '#lib/incidents/index.ts';
