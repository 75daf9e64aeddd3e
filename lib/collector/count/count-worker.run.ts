import { parentPort } from 'node:worker_threads';
import type { CountAnswer, CountJob } from './count-job.ts';
import { countPieces } from './count-pieces.run.ts';

// A worker of the file counter: one job in, one answer out, until it is terminated.
parentPort?.on('message', (job: CountJob) => {
  let answer: CountAnswer;
  try {
    answer = countPieces(job);
  } catch (error) {
    answer = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
