// JSON.stringify writes U+0000 and lone surrogates as escapes; PostgreSQL's jsonb refuses exactly these.
const REFUSED_ESCAPE = /(?<!\\)(?:\\\\)*\\u(?:0000|d[89a-f][0-9a-f]{2})/i;

/** Whether PostgreSQL can keep this JSON value: no U+0000 and no half of a surrogate pair in any text. */
export function isStorableJson(value: unknown): boolean {
  return !REFUSED_ESCAPE.test(JSON.stringify(value) ?? 'null');
}
