import { existsSync } from 'node:fs';
import { appendFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import { flushCompileCache } from 'node:module';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { serve } from 'inngest/node';
import { listen, testClient } from './client.ts';

// An app of its own process, to be killed. Each effect is a line in a file, written at once.
const [port, runnerPort, folder] = process.argv.slice(2);
const dir = folder ?? '.';
const note = (line: string) => appendFile(join(dir, 'effects.txt'), `${line}\n`);

const inngest = testClient(Number(runnerPort));
const gated = inngest.createFunction(
  { id: 'gated', retries: 2, triggers: [{ event: 'test/gated' }] },
  async ({ step }) => {
    await step.run('first', () => note('first'));
    const attempt = await step.run('slow', async () => {
      await note('slow');
      while (!existsSync(join(dir, 'gate'))) await sleep(10);
      return 'passed';
    });
    await step.run('last', () => note('last'));
    return attempt;
  },
);
const long = inngest.createFunction(
  { id: 'long', retries: 0, triggers: [{ event: 'test/long' }] },
  async ({ step }) => {
    for (let n = 0; n < 25; n += 1) {
      await step.run(`s${n}`, async () => {
        await note(`s${n}`);
        await sleep(10);
      });
    }
    return 'through';
  },
);

await listen(createServer(serve({ client: inngest, functions: [gated, long] })), Number(port));
flushCompileCache(); // what is killed cannot leave it to the next one at its end
