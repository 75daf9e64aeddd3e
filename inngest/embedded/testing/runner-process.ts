import { startRunner } from '../runner.run.ts';
import { FAST } from './engine.ts';

// A runner of its own process, to be killed.
const [port, appUrl] = process.argv.slice(2);
await startRunner({ ...FAST, leaseMs: 1500, appUrl: appUrl ?? '', port: Number(port) });
