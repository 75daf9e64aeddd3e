import { z } from 'zod';

/** A text of the policy in both languages. */
export const TextSchema = z.strictObject({ ja: z.string(), en: z.string() });
export type Text = z.infer<typeof TextSchema>;
