import { createConnection, createServer } from 'node:net';
import { describe, expect, it } from 'vitest';
import { freePort, holdPort } from './ports.ts';

/** Listens as a second Phasegate on the same machine would; says how that ended. */
function listen(port: number): Promise<string> {
  return new Promise((done) => {
    const server = createServer();
    server.once('error', (cause: NodeJS.ErrnoException) => done(cause.code ?? cause.message));
    server.listen(port, '127.0.0.1', () => server.close(() => done('listening')));
  });
}

describe('the port of the runner', () => {
  it('is nobody else’s from the moment it is chosen until the runner takes it, however long the build is', async () => {
    const held = await holdPort();
    expect(await listen(held.port)).toBe('EADDRINUSE');
    expect(await freePort(held.port)).not.toBe(held.port);
    await held.release();
    await held.release();
    expect(await listen(held.port)).toBe('listening');
  });

  it('hangs up at once on who calls the runner before it is there, so that nobody waits for an answer', async () => {
    const held = await holdPort();
    const ended = await new Promise<string>((done) => {
      const socket = createConnection(held.port, '127.0.0.1');
      socket.once('error', () => undefined);
      socket.once('close', () => done('closed'));
      socket.resume();
    });
    expect(ended).toBe('closed');
    await held.release();
  });
});
