/** A piece of a sentence: plain, a link, or a name as it stands in the files. */
export type Piece = string | { text: string; href?: string; code?: boolean };
export type Text = readonly Piece[];

/** What a policy is rendered from, for a page and for a file alike. */
export type Block =
  | { kind: 'paragraph'; text: Text }
  | { kind: 'list'; label: string; items: readonly Text[] }
  | { kind: 'facts'; rows: readonly { term: string; value: Text }[] }
  | { kind: 'table'; caption: string; head: readonly string[]; rows: readonly (readonly Text[])[] };

export type DocumentSection = {
  /** Where links to it lead. */
  id: string;
  title: string;
  /** The name in the files beside the title. */
  code?: string;
  blocks: readonly Block[];
  parts: readonly DocumentSection[];
};

/** Says in a cell that somebody may. */
export const MARK = '●';

export const code = (text: string): Piece => ({ text, code: true });

/** Texts one behind the other, with `between` in between. */
export function joined(texts: readonly Text[], between: string): Text {
  return texts.flatMap((text, i) => (i === 0 ? text : [between, ...text]));
}

export const anchorOf = (...names: readonly string[]) =>
  names
    .join('-')
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-');
