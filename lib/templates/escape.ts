import type { Sink } from './message-kinds.ts';

/** Also what turns the direction of text or splits lines elsewhere: a value is one line, and reads as it was written. */
const CONTROL = /[\p{Cc}\u{2028}\u{2029}\u{202a}-\u{202e}\u{2066}-\u{2069}]+/gu;
const BLANK = '—';

/** Slack reads &, < and > as its own markup: `<!channel>` from a reason must stay text. */
function slack(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** An address, which is left as it is, or what would begin emphasis, code, a link, a picture or a mention. */
const MARKDOWN =
  /(https?:\/\/[^\s<>()[\]`*\\]+)|[\\`*[\]~]|(?<![\p{L}\p{N}])_|_(?![\p{L}\p{N}])|[@#](?=\w)/gu;

/**
 * A name behind @ would notify somebody, and # with a number would link; a zero-width space keeps them text. What would begin
 * emphasis, code, a link or a picture is written as it is; an underscore within a word begins nothing.
 */
function markdown(value: string): string {
  return value
    .replace(MARKDOWN, (found: string, address?: string) => {
      if (address !== undefined) return address;
      return found === '@' || found === '#' ? `${found}\u200b` : `\\${found}`;
    })
    .replaceAll('<', '&lt;');
}

/**
 * A value as it may stand in a line of a text of this sink, so that what people or telemetry wrote cannot become markup, or
 * a line of ours. A message is not lost for a value that shows nothing. Pure.
 */
export function escapeFor(sink: Sink, value: string): string {
  const plain = value.replace(CONTROL, ' ').replace(/^ *$/, value === '' ? '' : BLANK);
  switch (sink) {
    case 'slack':
      return slack(plain);
    case 'issue':
    case 'runbook':
    case 'report':
      return markdown(plain);
    case 'pagerduty':
      return plain;
  }
}
