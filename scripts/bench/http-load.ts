// Asks one address as often as it answers, over connections that stay open, in a process of its own, and prints how often
// it was answered. On bare sockets: what the load costs is taken from the server it shares the machine with.
import { connect } from 'node:net';
import { LoadOrderSchema } from './load-order.ts';

const order = LoadOrderSchema.parse(JSON.parse(process.argv[2] ?? ''));
const { hostname, port, pathname } = new URL(order.url);
const head = Object.entries({
  host: `${hostname}:${port}`,
  'content-type': 'application/json',
  'content-length': String(Buffer.byteLength(order.body)),
  ...order.headers,
}).map(([name, value]) => `${name}: ${value}\r\n`);
const request = Buffer.from(`POST ${pathname} HTTP/1.1\r\n${head.join('')}\r\n${order.body}`);

/** How many bytes the first answer in `text` has, or null while it is not complete. */
function answerLength(text: string): number | null {
  const headEnd = text.indexOf('\r\n\r\n');
  if (headEnd === -1) return null;
  const headers = text.slice(0, headEnd).toLowerCase();
  const status = Number(text.slice(9, 12));
  if (status !== order.status) throw new Error(`${order.url} answered ${status}: ${text.slice(0, 500)}`);
  if (status === 304) return headEnd + 4;
  const length = /\r\ncontent-length: (\d+)/.exec(headers)?.[1];
  if (length !== undefined)
    return text.length >= headEnd + 4 + Number(length) ? headEnd + 4 + Number(length) : null;
  const end = text.indexOf('\r\n0\r\n\r\n', headEnd);
  return end === -1 ? null : end + 7;
}

function converse(until: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host: hostname, port: Number(port), noDelay: true });
    let answered = 0;
    let received = '';
    socket.setEncoding('latin1');
    socket.on('connect', () => socket.write(request));
    socket.on('error', reject);
    socket.on('close', () => reject(new Error('the connection was closed')));
    socket.on('data', (chunk: string) => {
      received += chunk;
      try {
        const length = answerLength(received);
        if (length === null) return;
        received = received.slice(length);
      } catch (error) {
        socket.destroy();
        reject(error);
        return;
      }
      answered += 1;
      if (performance.now() < until) {
        socket.write(request);
        return;
      }
      socket.removeAllListeners('close');
      socket.destroy();
      resolve(answered);
    });
  });
}

const begun = performance.now();
const counts = await Promise.all(
  Array.from({ length: order.connections }, () => converse(begun + order.milliseconds)),
);
const answered = counts.reduce((sum, count) => sum + count, 0);
process.stdout.write(JSON.stringify({ perSecond: (answered / (performance.now() - begun)) * 1000 }));
