import { expect, it } from 'vitest';
import { answerFile, answerLines } from './streamed.ts';

async function* pieces(log: string[]) {
  try {
    yield 'a';
    yield 'é';
    yield 'c';
  } finally {
    log.push('ended');
  }
}

it('sends a file piece by piece, to be saved under its name [OPS-20]', async () => {
  const response = answerFile(pieces([]), { name: 'audit.csv', type: 'text/csv' });
  expect(response.headers.get('content-disposition')).toBe('attachment; filename="audit.csv"');
  expect(response.headers.get('content-type')).toBe('text/csv; charset=utf-8');
  expect(await response.text()).toBe('aéc');
});

it('reads no further once nobody listens', async () => {
  const log: string[] = [];
  const reader = answerFile(pieces(log), { name: 'x', type: 'text/csv' }).body?.getReader();
  await reader?.read();
  await reader?.cancel();
  expect(log).toEqual(['ended']);
});

it('breaks off where the source fails, so that half a file does not look whole', async () => {
  async function* failing() {
    yield 'a';
    throw new Error('the database went away');
  }
  await expect(answerFile(failing(), { name: 'x', type: 'text/csv' }).text()).rejects.toThrow('went away');
});

it('says on lines of their own how far a work has come, and last what it came to', async () => {
  const response = answerLines((say) => {
    say({ checkedCount: 1 });
    say({ checkedCount: 2 });
    return Promise.resolve({ fault: null });
  });
  expect(await response.text()).toBe('{"checkedCount":1}\n{"checkedCount":2}\n{"fault":null}\n');
});
