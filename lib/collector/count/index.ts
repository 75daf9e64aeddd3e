export type { CountContext } from './compiled-rules.ts';
export { countLines, type LinePlace } from './count-lines.ts';
