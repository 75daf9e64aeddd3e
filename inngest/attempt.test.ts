import { NonRetriableError } from 'inngest';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { AppError } from '#lib/errors/index.ts';
import { attempt } from './attempt.ts';

it.each([
  new AppError('VALIDATION', 'v'),
  new AppError('NOT_FOUND', 'n'),
  new RangeError('r'),
  z.string().safeParse(1).error,
])('does not have %s repeated', async (error) => {
  await expect(attempt(() => Promise.reject(error))).rejects.toBeInstanceOf(NonRetriableError);
});

it.each([new AppError('UPSTREAM', 'u'), new AppError('CONFLICT', 'c'), new Error('connection reset')])(
  'lets the engine repeat %s',
  async (error) => {
    await expect(attempt(() => Promise.reject(error))).rejects.toBe(error);
  },
);
