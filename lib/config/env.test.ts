import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { describe, expect, it } from 'vitest';
import { EnvironmentSchema, parseEnvironment } from './env.ts';

describe('the environment', () => {
  it('has usable defaults when nothing is set', () => {
    const environment = parseEnvironment({});
    expect(environment.mode).toBe('live');
    expect(environment.appUrl).toBe('http://localhost:3000');
    expect(environment.telemetryRoots).toEqual([process.cwd()]);
    expect(environment.governanceDir).toBe(resolve('governance'));
    expect(environment.rehearsal).toBe(false);
    expect(environment.github).toBeUndefined();
  });

  it('treats an empty value as not set', () => {
    expect(parseEnvironment({ PORT: '', PHASEGATE_MODE: ' ' }).port).toBe(3000);
  });

  it.each([
    ['PORT', '70000'],
    ['PORT', 'http'],
    ['PHASEGATE_URL', 'ftp://phasegate.example'],
    ['DATABASE_URL', 'mysql://localhost/x'],
    ['PHASEGATE_MODE', 'staging'],
    ['LOG_LEVEL', 'loud'],
    ['NEXTAUTH_SECRET', 'short'],
    ['PHASEGATE_REHEARSAL', 'perhaps'],
  ])('names %s when it is %s', (name, value) => {
    expect(() => parseEnvironment({ [name]: value })).toThrow(new RegExp(`environment variable ${name}: `));
  });

  it('asks for a database and a session secret only when they are read', () => {
    const environment = parseEnvironment({});
    expect(() => environment.databaseUrl).toThrow(/DATABASE_URL: not set/);
    expect(() => environment.nextauthSecret).toThrow(/NEXTAUTH_SECRET: not set/);
  });

  it.each(['1', '0', 'http://localhost:8288'])(
    'refuses to boot in production with INNGEST_DEV=%s',
    (value) => {
      expect(() => parseEnvironment({ NODE_ENV: 'production', INNGEST_DEV: value })).toThrow(/INNGEST_DEV/);
      expect(() => parseEnvironment({ NODE_ENV: 'development', INNGEST_DEV: value })).not.toThrow();
    },
  );

  it('refuses half a GitHub configuration', () => {
    expect(() => parseEnvironment({ GITHUB_CLIENT_ID: 'id' })).toThrow(/GITHUB_CLIENT_SECRET/);
    expect(() => parseEnvironment({ GITHUB_CLIENT_SECRET: 's' })).toThrow(/GITHUB_CLIENT_ID/);
    expect(parseEnvironment({ GITHUB_CLIENT_ID: 'id', GITHUB_CLIENT_SECRET: 's' }).github?.clientId).toBe(
      'id',
    );
  });

  it('reads an incoming webhook for each channel, and repeats none in its error', () => {
    const url = 'https://hooks.slack.com/services/T1/B1/secret';
    const { channels } = parseEnvironment({ SLACK_WEBHOOK_URLS: `#incident=${url};#merge-ops=${url}2` });
    expect([...channels.slackWebhooks]).toEqual([
      ['#incident', url],
      ['#merge-ops', `${url}2`],
    ]);
    for (const wrong of [url, `incident=${url}`, '#incident=file:///secret', '#incident=secret'])
      expect(() => parseEnvironment({ SLACK_WEBHOOK_URLS: wrong })).toThrow(
        /^environment variable SLACK_WEBHOOK_URLS: (?!.*secret)/,
      );
  });

  it('never repeats a secret in its error', () => {
    expect(() => parseEnvironment({ NEXTAUTH_SECRET: 'hunter2' })).not.toThrow(/hunter2/);
  });

  it('lists in .env.example exactly the variables it reads', () => {
    const listed = [...readFileSync('.env.example', 'utf8').matchAll(/^#?\s?([A-Z][A-Z0-9_]+)=/gm)].map(
      (m) => m[1],
    );
    expect(listed.toSorted()).toEqual(Object.keys(EnvironmentSchema.shape).toSorted());
  });
});
