export {
  chooseLocale,
  chooseZone,
  isLocale,
  isZone,
  LOCALE_COOKIE,
  LOCALES,
  type Locale,
  ZONE_COOKIE,
  ZONES,
  type Zone,
} from './locale.ts';
export { formatAgainst, formatLimit, formatMetric, formatShare, type MetricUnit } from './number.ts';
export {
  formatAge,
  formatDay,
  formatInstant,
  formatMonth,
  formatSpan,
  formatWindow,
  type TimeStyle,
  zoneName,
} from './time.ts';
