export type { CountContext } from './compiled-rules.ts';
export { ContentHash, contentHash } from './content-hash.ts';
export { countLines, type LinePlace } from './count-lines.ts';
