import type { Sink } from './message-kinds.ts';

const CONTROL = /[\p{Cc}--[\n\t]]/gv;

/** Slack reads &, < and > as its own markup: `<!channel>` from a reason must stay text. */
function slack(value: string): string {
  return value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

/** A name behind @ would notify somebody, and # with a number would link; a zero-width space keeps them text. */
function markdown(value: string): string {
  return value.replaceAll('<', '&lt;').replace(/([@#])(?=[\w])/g, '$1\u200b');
}

/** A value as it may stand in a text of this sink, so that what people or telemetry wrote cannot become markup. Pure. */
export function escapeFor(sink: Sink, value: string): string {
  const plain = value.replace(CONTROL, ' ');
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
