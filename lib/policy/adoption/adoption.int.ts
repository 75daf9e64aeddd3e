import { execFileSync } from 'node:child_process';
import { copyFile, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { readAuditChain, verifyAuditChain } from '#lib/evidence/server.ts';
import { testDatabase } from '#scripts/test/database.ts';
import { POLICY_FILES } from '../policy-history.schema.ts';
import {
  adoptPolicy,
  diffPolicyVersions,
  listPolicyVersions,
  loadPolicy,
  policyProblem,
  readPolicyVersion,
} from '../server.ts';

const NOW = new Date('2026-11-21T10:00:00.000Z');
const later = (minutes: number) => new Date(NOW.getTime() + minutes * 60_000);
let directory: string;
let shipped: string;

const git = (...args: string[]) =>
  execFileSync('git', ['-C', directory, ...args], {
    env: {
      ...process.env,
      GIT_AUTHOR_NAME: '佐藤 花子',
      GIT_AUTHOR_EMAIL: 'hanako@example.org',
      GIT_COMMITTER_NAME: 'ci',
      GIT_COMMITTER_EMAIL: 'ci@example.org',
      GIT_CONFIG_GLOBAL: '/dev/null',
    },
    encoding: 'utf8',
  });
const write = (text: string) => writeFile(join(directory, 'policy.yaml'), text);
const changes = async () => (await readAuditChain()).filter(({ action }) => action === 'policy.changed');

/** As a process does that starts now: it knows nothing of what another has read. */
function startAnew(): void {
  (globalThis as { phasegatePolicies?: Map<string, unknown> }).phasegatePolicies?.clear();
}

beforeAll(async () => {
  await testDatabase();
  directory = await mkdtemp(join(tmpdir(), 'phasegate-adoption-'));
  for (const name of POLICY_FILES) await copyFile(join('governance', name), join(directory, name));
  shipped = await readFile(join(directory, 'policy.yaml'), 'utf8');
  process.env.GOVERNANCE_DIR = directory;
  process.env.PHASEGATE_POLICY_BY = 'change 4711';
  process.env.LOG_LEVEL = 'silent';
  forgetEnv();
});
afterAll(async () => {
  delete process.env.GOVERNANCE_DIR;
  delete process.env.PHASEGATE_POLICY_BY;
  forgetEnv();
  await disconnectDatabase();
  await rm(directory, { recursive: true, force: true });
});

describe('a version of the policy that comes into force', () => {
  it('is put on record once, however many look at once, with whoever answers for it [PHA-6]', async () => {
    const { hash } = await loadPolicy();
    const adopted = await Promise.all(Array.from({ length: 8 }, () => adoptPolicy(NOW)));
    expect(adopted.filter((each) => each.adopted === hash)).toHaveLength(1);
    const { versions } = await listPolicyVersions(NOW);
    expect(versions).toMatchObject([
      { hash, at: NOW.toISOString(), source: 'environment', author: 'change 4711', commitId: null },
    ]);
    expect(await changes()).toMatchObject([
      { actorName: 'change 4711', subject: `policy:${hash}`, details: { from: null, to: hash } },
    ]);
  });

  it('names the author and subject of the last commit of its files, and only for what is committed [PHA-6]', async () => {
    git('init', '-q');
    git('add', '.');
    git('commit', '-q', '-m', 'Ship the policy');
    await write(shipped.replace('lateness: 2h', 'lateness: 3h'));
    await adoptPolicy(later(1));
    await write(shipped.replace('lateness: 2h', 'lateness: 4h'));
    git('commit', '-q', '-a', '-m', 'Wait longer for phones');
    await adoptPolicy(later(2));
    const { versions } = await listPolicyVersions(NOW);
    expect(versions.map(({ source, author, note }) => [source, author, note])).toEqual([
      ['git', '佐藤 花子', 'Wait longer for phones'],
      ['environment', 'change 4711', ''],
      ['environment', 'change 4711', ''],
    ]);
    expect(versions[0]?.commitId).toBe(git('rev-parse', 'HEAD').trim());
    expect((await changes()).at(-1)).toMatchObject({
      actorName: '佐藤 花子',
      reason: 'Wait longer for phones',
      details: {
        changeCount: 1,
        changes: [{ path: 'cycle.lateness', before: '3h', after: '4h' }],
      },
    });
  });

  it('is said again when an earlier version comes back, and nothing said is ever rewritten [PHA-6]', async () => {
    const first = (await listPolicyVersions(NOW)).versions.at(-1);
    await write(shipped);
    expect((await adoptPolicy(later(3))).adopted).toBe(first?.hash);
    expect((await adoptPolicy(later(4))).adopted).toBeNull();
    const { versions, inForce } = await listPolicyVersions(NOW);
    expect(inForce).toBe(first?.hash);
    expect(versions.map(({ hash }) => hash === first?.hash)).toEqual([true, false, false, true]);
    await expect(database().policyAdoption.deleteMany()).rejects.toThrow(/append-only/);
    await expect(database().policyAdoption.updateMany({ data: { author: 'x' } })).rejects.toThrow(
      /append-only/,
    );
    expect(await verifyAuditChain()).toBeNull();
  });

  it('is found by the beginning of its hash, and compared with the one before [PHA-6]', async () => {
    const loaded = await loadPolicy();
    const { files, adoptions } = await readPolicyVersion(loaded.hash.slice(0, 12), NOW);
    expect(files['policy.yaml']).toBe(shipped);
    expect(adoptions).toHaveLength(2);
    const diff = await diffPolicyVersions({ from: 'previous', to: 'in-force' }, NOW);
    expect(diff.changes).toMatchObject([{ path: 'cycle.lateness', before: '4h', after: '2h' }]);
    expect(diff.text.map(({ file }) => file)).toEqual(['policy.yaml']);
    await expect(readPolicyVersion('f'.repeat(64), NOW)).rejects.toMatchObject({
      reason: 'policy_version_unknown',
    });
  });
});

describe('a start while the files cannot be used', () => {
  it('goes by the version that came into force last and says why [PHA-6]', async () => {
    const { hash } = await loadPolicy();
    await write(shipped.replace('lateness: 2h', 'latenes: 2h'));
    startAnew();
    expect((await loadPolicy()).hash).toBe(hash);
    expect((await policyProblem()).join('\n')).toMatch(/governance\/policy\.yaml:\d+:\d+ .*latenes/);
    expect((await adoptPolicy(later(9))).adopted).toBeNull();
    await write(shipped.replace('lateness: 2h', 'lateness: 5h'));
    expect(await policyProblem()).toEqual([]);
    expect((await loadPolicy()).policy.cycle.latenessSeconds).toBe(18_000);
  });

  it('is refused for a folder that is asked about by name: that is a check of its files [PHA-6]', async () => {
    await write('version: 1');
    startAnew();
    await expect(loadPolicy(directory)).rejects.toThrow(/governance\/policy\.yaml/);
    await write(shipped);
  });
});
