import { Socket } from 'node:net';

/**
 * For pg's `stream`: sockets that are given up when nothing came or went for `silentMs`. When a database host vanishes,
 * a statement on its way would wait for the operating system's patience, a quarter of an hour, and its pool with it.
 */
export function socketsGivenUpAfter(silentMs: number): () => Socket {
  return () => {
    const socket = new Socket();
    return socket.setTimeout(silentMs, () => {
      // In the form of the system's own, which Prisma knows.
      const error = new Error(`no word from the database for ${silentMs / 1000} s`);
      socket.destroy(Object.assign(error, { code: 'ETIMEDOUT', syscall: 'read', errno: -110 }));
    });
  };
}
