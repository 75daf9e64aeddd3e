/** The time at which child processes of the crash test collect; the same as that of the parent. */
export const NOW_OF_CHILD = new Date('2026-11-21T10:16:00.000Z');
