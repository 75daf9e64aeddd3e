import { AppError } from '#lib/errors/index.ts';

/** What was asked for; where there is none, NOT_FOUND says so: "There is no <subject>." */
export function found<T>(value: T | null | undefined, subject: string): T {
  if (value !== null && value !== undefined) return value;
  throw new AppError('NOT_FOUND', `There is no ${subject}.`);
}
