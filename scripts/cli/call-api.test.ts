import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { callApi, downloadFile } from './call-api.ts';

it('gives up an instance that takes a request and never answers, or breaks off its answer', async () => {
  const server = createServer((request, response) => {
    if (request.url === '/half') response.write('{');
  });
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
  const connection = { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, key: 'k' };
  const gaveUp = { code: 'UPSTREAM', reason: 'unreachable' };
  await expect(callApi(connection, { method: 'GET', path: '/never' }, 50)).rejects.toMatchObject(gaveUp);
  await expect(callApi(connection, { method: 'GET', path: '/half' }, 50)).rejects.toMatchObject(gaveUp);
  server.closeAllConnections();
  await new Promise<void>((done) => server.close(() => done()));
});

describe('a download', () => {
  const TEXT = 'x'.repeat(100_000);
  let folder: string;
  let file: string;
  let url: string;
  const server = createServer((request, response) => {
    switch (request.url) {
      case '/whole':
        return response.end(TEXT);
      case '/half':
        response.writeHead(200, { 'content-length': TEXT.length }).write(TEXT.slice(0, 50_000));
        return response.socket?.end();
      case '/silent':
        return response.write(TEXT);
      case '/never':
        return;
      default:
        return response
          .writeHead(404, { 'content-type': 'application/problem+json' })
          .end(JSON.stringify({ code: 'NOT_FOUND', detail: 'There is no such file.' }));
    }
  });
  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'phasegate-download-'));
    file = join(folder, 'audit.jsonl');
    await new Promise<void>((done) => server.listen(0, '127.0.0.1', done));
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  });
  afterEach(async () => {
    server.closeAllConnections();
    await new Promise<void>((done) => server.close(() => done()));
    rmSync(folder, { recursive: true });
  });
  const limits = { mostBytes: 1_000_000, silenceMs: 60_000 };
  const get = (path: string, change: Partial<typeof limits> = {}) =>
    downloadFile({ url, key: 'k' }, path, file, { ...limits, ...change });

  it('is there whole, for its reader only, and leaves nothing beside', async () => {
    expect(await get('/whole', { mostBytes: TEXT.length })).toBe(TEXT.length);
    expect(readFileSync(file, 'utf8')).toBe(TEXT);
    expect(statSync(file).mode & 0o777).toBe(0o600);
    expect(readdirSync(folder)).toEqual(['audit.jsonl']);
  });

  it.each([
    ['breaks off', '/half', {}, { code: 'UPSTREAM', reason: 'broke_off' }],
    ['is too long', '/whole', { mostBytes: TEXT.length - 1 }, { code: 'UPSTREAM', reason: 'too_long' }],
    // Long enough for its head to arrive on a busy machine: without that it would be one that never begins.
    ['falls silent', '/silent', { silenceMs: 2000 }, { code: 'UPSTREAM', reason: 'broke_off' }],
    ['never begins', '/never', { silenceMs: 50 }, { code: 'UPSTREAM', reason: 'unreachable' }],
    ['is not there', '/other', {}, { code: 'NOT_FOUND' }],
  ])('that %s leaves no file and no part of one', async (_, path, change, refusal) => {
    await expect(get(path, change)).rejects.toMatchObject(refusal);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('takes the name of no file that is there', async () => {
    writeFileSync(file, 'mine');
    await expect(get('/whole')).rejects.toMatchObject({ code: 'VALIDATION', reason: 'file_not_written' });
    expect(readFileSync(file, 'utf8')).toBe('mine');
    expect(readdirSync(folder)).toEqual(['audit.jsonl']);
  });

  it('says that its folder is not there', async () => {
    file = join(folder, 'no', 'audit.jsonl');
    await expect(get('/whole')).rejects.toMatchObject({ code: 'VALIDATION', reason: 'file_not_written' });
  });
});
