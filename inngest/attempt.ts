import { NonRetriableError } from 'inngest';
import { ZodError } from 'zod';
import { AppError, type AppErrorCode } from '#lib/errors/index.ts';

/** Whether the same call can succeed later. */
const RETRIABLE = {
  VALIDATION: false,
  UNAUTHENTICATED: false,
  FORBIDDEN: false,
  NOT_FOUND: false,
  CONFLICT: true,
  PRECONDITION_FAILED: false,
  TOO_LARGE: false,
  UNSUPPORTED_MEDIA: false,
  UNPROCESSABLE: false,
  TOO_MANY_REQUESTS: true,
  UPSTREAM: true,
  UNAVAILABLE: true,
  INTERNAL: true,
} as const satisfies Record<AppErrorCode, boolean>;

function isHopeless(error: unknown): boolean {
  if (error instanceof AppError) return !RETRIABLE[error.code];
  return error instanceof RangeError || error instanceof ZodError;
}

/** Runs the work of a step. What repeating cannot mend is not repeated; everything else is, by the engine. */
export async function attempt<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (isHopeless(error)) {
      throw new NonRetriableError(error instanceof Error ? error.message : String(error), { cause: error });
    }
    throw error;
  }
}
