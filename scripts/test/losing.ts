import { type AddressInfo, createConnection, createServer, type Socket } from 'node:net';

export type Losing = {
  /** The same database, by way of what loses. */
  url: string;
  /** From now on everything on the lines that are open is lost, and nothing of it closed: a network that is cut. */
  swallow: () => void;
  close: () => Promise<void>;
};

/** Stands between a test and its database, as the network does. */
export async function losing(databaseUrl: string): Promise<Losing> {
  const behind = new URL(databaseUrl);
  const lines = new Set<Socket>();
  const between = createServer((near) => {
    const far = createConnection(Number(behind.port), behind.hostname);
    for (const line of [near, far]) {
      lines.add(line);
      line.on('error', () => line.destroy());
      line.on('close', () => lines.delete(line));
    }
    near.pipe(far).pipe(near);
  });
  await new Promise<void>((resolve) => between.listen(0, '127.0.0.1', resolve));
  const through = new URL(databaseUrl);
  through.port = String((between.address() as AddressInfo).port);
  return {
    url: through.href,
    swallow: () => {
      for (const line of lines) line.unpipe().pause();
    },
    close: () => {
      for (const line of lines) line.destroy();
      return new Promise((resolve) => between.close(() => resolve()));
    },
  };
}
