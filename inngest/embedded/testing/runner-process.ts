import { flushCompileCache } from 'node:module';
import { startRunner } from '../runner.run.ts';
import { FAST } from './settings.ts';

// A runner of its own process, to be killed.
const [port, appUrl, leaseMs] = process.argv.slice(2);
await startRunner({ ...FAST, leaseMs: Number(leaseMs), appUrl: appUrl ?? '', port: Number(port) });
flushCompileCache(); // what is killed cannot leave it to the next one at its end
