export { type Page, type PageQuery, PageQuerySchema, pageOf } from './pagination.ts';
export { PROBLEMS, type Problem } from './problem.ts';
