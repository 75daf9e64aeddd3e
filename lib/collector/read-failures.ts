/**
 * Why a telemetry file may not be readable, and whether looking again soon can help (COL-5). `retryable`: something that
 * passes by itself: a busy or failing device, a limit of the process, a file that somebody is writing just now. Not retryable:
 * it stays so until a person changes it. Messages are shown to people, so they carry no machine detail.
 * Codes in capitals with an E are the system's (errno), Z_… are zlib's, the others are ours.
 */
export const READ_FAILURES = {
  EIO: { retryable: true, message: 'the disk reported a read error' },
  EBUSY: { retryable: true, message: 'the file is busy' },
  EAGAIN: { retryable: true, message: 'the file is busy' },
  EINTR: { retryable: true, message: 'reading was interrupted' },
  EMFILE: { retryable: true, message: 'too many files are open' },
  ENFILE: { retryable: true, message: 'too many files are open' },
  ENOMEM: { retryable: true, message: 'no memory left to read the file' },
  ENOSPC: { retryable: true, message: 'no space left to unpack the file' },
  ESTALE: { retryable: true, message: 'the file server has forgotten the file' },
  ETIMEDOUT: { retryable: true, message: 'the file server does not answer' },
  EHOSTDOWN: { retryable: true, message: 'the file server does not answer' },
  ENOTCONN: { retryable: true, message: 'the file server does not answer' },
  ENOENT: { retryable: true, message: 'the file vanished' }, // between its listing and its opening: rotation does that
  TRUNCATED: { retryable: true, message: 'the file was truncated while it was read' },
  REWRITTEN: { retryable: true, message: 'the file was rewritten while it was read' },
  CHANGED: { retryable: true, message: 'the gzip changed while it was read' },
  Z_BUF_ERROR: {
    retryable: true, // somebody may still be writing it
    message: 'the gzip is cut short; nothing of it is counted until it is whole',
  },
  EACCES: { retryable: false, message: 'not allowed to read the file' },
  EPERM: { retryable: false, message: 'not allowed to read the file' },
  ELOOP: { retryable: false, message: 'the link points in a circle' },
  ENOTDIR: { retryable: false, message: 'its folder is not a folder' },
  ENAMETOOLONG: { retryable: false, message: 'its name is too long' },
  NOT_A_FILE: { retryable: false, message: 'not a regular file' },
  NOT_GZIP: { retryable: false, message: 'named .gz, but the content is not gzip' },
  Z_DATA_ERROR: { retryable: false, message: 'the gzip is damaged; nothing of it is counted' },
} as const satisfies Record<string, { retryable: boolean; message: string }>;

export type ReadFailure = { code: string; message: string; retryable: boolean };

/** What is known of a code. One that nobody has met is tried again: what is not understood is no reason to step back. Pure. */
export function readFailure(code: string): ReadFailure {
  const known = (READ_FAILURES as Record<string, { retryable: boolean; message: string }>)[code];
  return known
    ? { code, ...known }
    : { code, retryable: true, message: `cannot be read (${code || 'unknown reason'})` };
}
