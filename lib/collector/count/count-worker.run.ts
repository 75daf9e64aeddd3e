import { parentPort } from 'node:worker_threads';
import type { CountAnswer, CountJob, HashJob } from './count-job.ts';
import { countPieces } from './count-pieces.run.ts';
import { hashFile } from './hash-file.run.ts';

// A worker of the file counter: one job in, one answer out, until it is terminated.
parentPort?.on('message', (job: CountJob | HashJob) => {
  let answer: CountAnswer;
  try {
    answer = job.kind === 'count' ? countPieces(job) : hashFile(job);
  } catch (error) {
    answer = { kind: 'failed', message: error instanceof Error ? error.message : String(error) };
  }
  parentPort?.postMessage(answer);
});
