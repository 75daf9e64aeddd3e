import { z } from 'zod';

/** Why, in a person's words; what acts must have one. */
export const ReasonSchema = z.string().trim().min(3).max(2000);
/** A remark that may be empty. */
export const RemarkSchema = z.string().trim().max(2000).default('');
/** Minutes, a timeline, a note: a page people can open. */
export const LinkSchema = z.url({ protocol: /^https?$/ }).max(2000);
