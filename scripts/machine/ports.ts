import { createServer } from 'node:net';

/** A port that nobody else can take until `release`; whoever connects meanwhile is hung up on. */
export type HeldPort = { readonly port: number; readonly release: () => Promise<void> };

/** Takes a TCP port of 127.0.0.1: `preferred` if it is free, else any. Errors: the system's, other than a port in use. */
export function holdPort(preferred = 0): Promise<HeldPort> {
  return new Promise((resolve, reject) => {
    const server = createServer((socket) => socket.destroy());
    server.once('error', (cause: NodeJS.ErrnoException) => {
      if (preferred !== 0 && cause.code === 'EADDRINUSE') resolve(holdPort());
      else reject(cause);
    });
    server.listen(preferred, '127.0.0.1', () => {
      const address = server.address();
      if (address === null || typeof address === 'string') return reject(new Error('no TCP address'));
      // The second release finds the server closed; that is what it wanted.
      const release = () => new Promise<void>((released) => void server.close(() => released()));
      resolve({ port: address.port, release });
    });
  });
}

/** A TCP port of 127.0.0.1 that is free now; `preferred` if that one is. */
export async function freePort(preferred = 0): Promise<number> {
  const { port, release } = await holdPort(preferred);
  await release();
  return port;
}

/** Refuses early when the app's port is taken: a build later would be in vain. */
export async function requirePort(host: string, port: number): Promise<void> {
  await new Promise<void>((done, reject) => {
    const probe = createServer();
    probe.once('error', (cause: NodeJS.ErrnoException) => {
      if (cause.code === 'EADDRINUSE') {
        reject(new Error(`Port ${port} is already in use. Choose another one: PORT=${port + 1} npm run …`));
      } else if (cause.code === 'EACCES') {
        reject(
          new Error(`Port ${port} may not be used by this user. Choose one above 1023: PORT=3000 npm run …`),
        );
      } else reject(new Error(`cannot listen on ${host}:${port}: ${cause.message}`));
    });
    probe.listen(port, host, () => probe.close(() => done()));
  });
}
