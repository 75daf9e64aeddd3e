export { found } from './found.ts';
export { type Page, PageQuerySchema, pageOf } from './pagination.ts';
export type { Problem } from './problem.ts';
