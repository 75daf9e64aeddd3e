import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { forgetEnv } from '#lib/config/server.ts';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { cliActor, SYSTEM_ACTOR } from '#lib/identity/index.ts';
import { createApiKey, createPersonalKey } from '#lib/identity/server.ts';
import type { Policy } from '#lib/policy/index.ts';
import { adoptPolicy, loadPolicy } from '#lib/policy/server.ts';
import { DecisionSchema } from '#lib/rollouts/index.ts';
import { closeFlagSource, ensureRollouts, findRollout } from '#lib/rollouts/server.ts';
import { apiRoutes, serveApi } from '#scripts/test/api-routes.ts';
import { emptyTables, putRollout, testDatabase } from '#scripts/test/database.ts';
import { runPhasegate } from './command-line.ts';

const ROOT = cliActor('test');
const PEOPLE = {
  viewer: ['viewer'],
  reviewer: ['reviewer'],
  oncall: ['on_call'],
  sre: ['sre'],
  lead: ['dev_lead'],
  qa: ['data_qa'],
  governance: ['governance'],
} as const;
type Person = keyof typeof PEOPLE;

let served: Awaited<ReturnType<typeof serveApi>>;
let folder: string;
let databaseUrl: string;
const keys = new Map<string, string>();

beforeAll(async () => {
  process.env.NEXTAUTH_SECRET = 'x'.repeat(32);
  process.env.LOG_LEVEL = 'silent';
  folder = await mkdtemp(join(tmpdir(), 'phasegate-cli-'));
  served = await serveApi(await apiRoutes());
  process.env.PHASEGATE_URL = served.url;
});
afterAll(async () => {
  closeFlagSource();
  await served.close();
  await disconnectDatabase();
  await rm(folder, { recursive: true });
});

beforeEach(async () => {
  ({ url: databaseUrl } = await testDatabase());
  forgetEnv();
  const now = new Date();
  const { policy } = await loadPolicy();
  await ensureRollouts(now);
  for (const [name, roles] of Object.entries(PEOPLE)) keys.set(name, await keyOf(name, roles, policy, now));
  keys.set('program', (await createApiKey({ name: 'p', scopes: ['read:verdicts'] }, ROOT, now)).key);
});

async function keyOf(name: string, roles: readonly string[], policy: Policy, now: Date): Promise<string> {
  // Without a password: nobody signs in here, and making a hash takes long.
  const { id } = await database().user.create({
    data: {
      email: `${name}@example.org`,
      name,
      roles: { create: roles.map((role) => ({ role, grantedBy: 'test' })) },
    },
  });
  const actor = { kind: 'user' as const, id, name, roles: [...roles], scopes: [] };
  return (await createPersonalKey({ name: 'cli' }, actor, policy, now)).key;
}

type Ran = { code: number; json: Record<string, unknown>; said: string; out: string };

/** A command as a person with a key, or as nobody. */
async function run(who: Person | 'program' | null, ...argv: string[]): Promise<Ran> {
  const out: string[] = [];
  const said: string[] = [];
  const key = who === null ? {} : { PHASEGATE_API_KEY: keys.get(who) ?? '' };
  const code = await runPhasegate(argv, {
    environment: { PHASEGATE_URL: served.url, ...key },
    out: (text) => out.push(text),
    say: (text) => said.push(text),
    ask: null,
  });
  const text = out.join('');
  return {
    code,
    out: text,
    json: text === '' ? {} : (JSON.parse(text) as Record<string, unknown>),
    said: said.join('\n'),
  };
}

const WINDOW_MS = 900_000;
const AUTOSAVE = ['--target', 'autosave'];
const WHY = ['--reason', 'a test of the command line'];

async function start(): Promise<void> {
  expect(await run('sre', 'start', ...AUTOSAVE, ...WHY)).toMatchObject({ code: 0 });
}

describe('phasegate status', () => {
  it('shows every gate with its reason in both languages, and the decision as JSON [PHA-3] [PHA-4]', async () => {
    await start();
    const english = await run('viewer', 'status', ...AUTOSAVE, '--lang', 'en');
    expect(english.code).toBe(0);
    const decision = DecisionSchema.parse(english.json);
    expect(decision).toMatchObject({ rolloutId: 'autosave', decision: 'hold' });
    for (const { id } of decision.gates) expect(id).not.toBe('');
    expect(english.said).toContain(decision.evidenceHash);
    expect(english.said.split('\n').filter((line) => /^ {2}[✓✗?] /.test(line))).toHaveLength(
      decision.gates.length,
    );
    expect(english.said).toContain('Kill switch not pressed');
    const japanese = await run('viewer', 'status', ...AUTOSAVE, '--lang=ja');
    expect(japanese.said).toContain('保留');
    expect(`${english.said}${japanese.said}`).not.toMatch(/gateReason|gateKind|undefined|\{\w+\}/);
  });

  it('shows all rollouts without a target', async () => {
    const { code, json } = await run('viewer', 'status');
    expect(code).toBe(0);
    expect(json.decisions).toHaveLength(Object.keys((await loadPolicy()).policy.rollouts).length);
  });
});

describe('phasegate incidents', () => {
  it('lists them, and closes one only when the SLO was met again [INC-1]', async () => {
    expect(await run('viewer', 'incidents')).toMatchObject({ code: 0, json: { incidents: [] } });
    const { id } = await database().incident.create({
      data: {
        rolloutId: 'autosave',
        phase: 'A',
        cause: 'slo_violation',
        severity: 'major',
        openedAt: new Date(),
        details: {},
      },
    });
    expect((await run('viewer', 'incidents')).json.incidents).toMatchObject([{ id }]);
    expect((await run('viewer', 'incidents', '--every')).json.incidents).toMatchObject([{ id }]);
    const close = ['incidents', '--close', id, '--reason', 'it looks well'];
    expect((await run('viewer', ...close)).code).toBe(3);
    expect((await run('oncall', ...close)).code).toBe(3);
    expect((await run('oncall', ...close.slice(0, 3))).code).toBe(2);
  });
});

describe('whoever runs a command', () => {
  it('needs a key, of a person, with the role; each is exit code 3', async () => {
    expect(await run(null, 'status')).toMatchObject({ code: 3, json: { reason: 'api_key_missing' } });
    expect(await run('program', 'stops')).toMatchObject({ code: 3, json: { reason: 'scope_missing' } });
    for (const argv of [
      ['start', ...AUTOSAVE, ...WHY],
      ['rollback', ...AUTOSAVE, '--phase=A', ...WHY],
      ['halt', '--all', '--confirm=STOP', ...WHY],
      ['freeze', '--all', ...WHY],
      ['sign-off', ...AUTOSAVE, '--panel=autosave'],
    ])
      expect(await run('viewer', ...argv)).toMatchObject({ code: 3, json: { reason: 'permission_missing' } });
  });

  it('may keep the key in a file, and never writes it on the command line', async () => {
    const file = join(folder, 'key');
    await writeFile(file, `${keys.get('viewer')}\n`, { mode: 0o600 });
    expect(await run(null, 'stops', '--key-file', file)).toMatchObject({ code: 0, said: '' });
    await writeFile(`${file}.open`, keys.get('viewer') ?? '', { mode: 0o644 });
    expect((await run(null, 'stops', '--key-file', `${file}.open`)).said).toContain('chmod 600');
    const shown = await run(null, 'stops', '--key-file', keys.get('viewer') ?? '');
    expect(shown).toMatchObject({ code: 2, out: '' });
    expect(shown.said).not.toContain(keys.get('viewer'));
    expect(await run(null, 'stops', '--key-file', join(folder, 'missing'))).toMatchObject({
      code: 2,
      json: { reason: 'key_file_unreadable' },
    });
  });

  it('is told in one sentence what makes no sense, with exit code 2', async () => {
    for (const argv of [['fly'], ['promote'], ['status', '--colour'], ['halt', ...WHY]]) {
      const { code, said } = await run('sre', ...argv);
      expect([argv, code]).toEqual([argv, 2]);
      expect(said.trim()).not.toBe('');
      expect(said).not.toMatch(/\n\s+at /);
    }
    expect(await run('sre', 'status', '--target=nothing')).toMatchObject({
      code: 2,
      json: { code: 'NOT_FOUND' },
    });
    expect(await run('sre', 'start', ...AUTOSAVE, '--reason=no')).toMatchObject({
      code: 2,
      json: { code: 'VALIDATION', issues: [{ field: 'reason' }] },
    });
    expect((await run(null, '--help')).code).toBe(0);
    expect((await run(null, 'promote', '--help')).code).toBe(0);
  });

  it('hears exit code 1 where nobody answers', async () => {
    const where = ['--url', 'http://127.0.0.1:9'];
    expect(await run('viewer', 'stops', ...where)).toMatchObject({
      code: 1,
      json: { reason: 'unreachable' },
    });
    const halted = await run('oncall', 'halt', '--all', ...WHY, '--confirm=STOP', ...where);
    expect(halted.code).toBe(1);
    expect(halted.said).toContain('unset PHASEGATE_API_KEY');
  });
});

describe('a signature from the command line', () => {
  it('is never given to what nobody has seen [PHA-3]', async () => {
    await start();
    for (const argv of [
      ['approve', ...AUTOSAVE],
      ['promote', ...AUTOSAVE, ...WHY],
    ]) {
      const blind = await run('sre', ...argv);
      expect(blind).toMatchObject({ code: 2, json: { reason: 'not_agreed' } });
      expect(blind.said).toContain('Kill switch not pressed');
      const other = await run('sre', ...argv, '--evidence', 'f'.repeat(64));
      expect(other).toMatchObject({ code: 4, json: { reason: 'evidence_changed' } });
    }
    expect(await database().rolloutApproval.count()).toBe(0);
  });

  it('is refused with exit code 3 while a gate is not met, and says which [PHA-3]', async () => {
    await start();
    const approved = await run('sre', 'approve', ...AUTOSAVE, '--yes');
    expect(approved.code, approved.said).toBe(3);
    const promoted = await run('sre', 'promote', ...AUTOSAVE, ...WHY, '--yes');
    expect(promoted).toMatchObject({ code: 3, json: { reason: 'gates_unmet' } });
    expect(promoted.said).toContain('fresh_data');
  });

  it('says no, blocks, and is taken back by the same person [PHA-3]', async () => {
    await start();
    const no = await run('sre', 'reject', ...AUTOSAVE, '--comment', 'errors in the field');
    expect(no, no.said).toMatchObject({
      code: 0,
      json: { outcome: 'given', approval: { choice: 'reject' } },
    });
    expect(no.json.approval).toMatchObject({ trigger: 'cli', personName: 'sre' });
    const { json } = await run('viewer', 'status', ...AUTOSAVE);
    expect(DecisionSchema.parse(json).heldBy).toContain('not_rejected');
    expect(await run('lead', 'withdraw', ...AUTOSAVE)).toMatchObject({
      code: 4,
      json: { reason: 'nothing_to_withdraw' },
    });
    expect(await run('sre', 'withdraw', ...AUTOSAVE, '--dry-run')).toMatchObject({
      json: { outcome: 'would_withdraw' },
    });
    expect(await run('sre', 'withdraw', ...AUTOSAVE)).toMatchObject({
      code: 0,
      json: { outcome: 'withdrawn' },
    });
    const after = await run('viewer', 'status', ...AUTOSAVE);
    expect(DecisionSchema.parse(after.json).heldBy).not.toContain('not_rejected');
  });

  it('stands under panels and items of checklists [PHA-7]', async () => {
    const merge = ['--target', 'autosave-merge'];
    const listed = await run('qa', 'checklist', ...merge);
    expect(listed.code, listed.said).toBe(0);
    const items = (await loadPolicy()).policy.checklists.readiness ?? [];
    const item = items.find(({ role }) => role !== undefined);
    const who = (Object.keys(PEOPLE) as Person[]).find((name) =>
      (PEOPLE[name] as readonly string[]).includes(item?.role ?? ''),
    );
    const answer = ['checklist', ...merge, '--list=readiness', '--item', item?.id ?? ''];
    expect(await run(who ?? 'qa', ...answer, '--answer=yes')).toMatchObject({
      code: 0,
      json: { outcome: 'answered' },
    });
    expect(await run(who ?? 'qa', ...answer, '--answer=perhaps')).toMatchObject({ code: 2 });
  });
});

/** `autosave` in its first phase, with every window since then collected and met. */
async function runWell(): Promise<void> {
  await emptyTables('flag_state', 'phase_change', 'rollout');
  const newestEnd = new Date(Math.floor(Date.now() / WINDOW_MS) * WINDOW_MS);
  const at = new Date(newestEnd.getTime() - 10 * WINDOW_MS);
  await ensureRollouts(new Date(), { autosave: [{ phase: 'A', kind: 'start', at, reason: 'a test' }] });
  const { hash } = await loadPolicy();
  await database().verdict.createMany({
    data: Array.from({ length: 10 }, (_, back) => ({
      rolloutId: 'autosave',
      phase: 'A',
      windowStart: new Date(newestEnd.getTime() - (back + 1) * WINDOW_MS),
      windowEnd: new Date(newestEnd.getTime() - back * WINDOW_MS),
      revision: 1,
      verdict: 'pass',
      sloMet: true,
      breach: false,
      rollbackRequired: false,
      rollbackTo: null,
      notifyLevel: 'none',
      retryableFailures: 0n,
      policyHash: hash,
      inputHash: `${back}`,
      metrics: [],
    })),
  });
  await database().cycle.create({
    data: {
      windowStart: new Date(newestEnd.getTime() - WINDOW_MS),
      windowEnd: newestEnd,
      origin: 'scheduled',
      state: 'analyzed',
      collectedAt: newestEnd,
      analyzedAt: newestEnd,
    },
  });
}

describe('a promotion from the command line', () => {
  it('goes from the panels to the last click, by several people, exactly once [PHA-3] [DASH-5]', async () => {
    await runWell();
    const { policy } = await loadPolicy();
    const phase = policy.rollouts.autosave?.phases[0];
    const nameOf = (role: string) =>
      (Object.keys(PEOPLE) as Person[]).find((name) => PEOPLE[name][0] === role) ?? 'viewer';
    for (const gate of phase?.gates ?? []) {
      if (gate.kind !== 'signed_off') continue;
      for (const panel of gate.panels) {
        const signed = await run(nameOf(gate.role), 'sign-off', ...AUTOSAVE, '--panel', panel);
        expect(signed, signed.said).toMatchObject({ code: 0, json: { outcome: 'signed' } });
      }
    }
    const seen = DecisionSchema.parse((await run('viewer', 'status', ...AUTOSAVE)).json);
    expect(seen.heldBy).toEqual(['approvals']);
    const evidence = ['--evidence', seen.evidenceHash];

    const approvers = (phase?.approvals ?? []).map(({ role }) => nameOf(role));
    for (const who of approvers) {
      expect(await run(who, 'approve', ...AUTOSAVE, ...evidence, '--dry-run')).toMatchObject({
        json: { outcome: 'would_give' },
      });
      expect(await run(who, 'approve', ...AUTOSAVE, ...evidence)).toMatchObject({
        code: 0,
        json: { outcome: 'given', approval: { trigger: 'cli', personName: who } },
      });
      expect(await run(who, 'approve', ...AUTOSAVE, ...evidence)).toMatchObject({
        code: 0,
        json: { outcome: 'already_given' },
      });
    }
    const [first = 'viewer'] = approvers;
    if (approvers.length === 1)
      expect(await run(first, 'promote', ...AUTOSAVE, ...WHY, ...evidence)).toMatchObject({
        code: 3,
        json: { reason: 'four_eyes' },
      });
    const presser =
      (Object.keys(PEOPLE) as Person[]).find(
        (name) => phase?.promoteBy.includes(PEOPLE[name][0]) && (approvers.length > 1 || name !== first),
      ) ?? 'viewer';
    const promote = ['promote', ...AUTOSAVE, ...WHY, ...evidence];
    expect(await run(presser, ...promote, '--dry-run')).toMatchObject({
      code: 0,
      json: { outcome: 'would_promote', from: 'A', to: 'B' },
    });
    expect((await findRollout('autosave'))?.phase).toBe('A');
    const pressed = await Promise.all([run(presser, ...promote), run(presser, ...promote)]);
    const outcomes = pressed.map(({ json }) => json.outcome);
    expect(outcomes.filter((outcome) => outcome === 'promoted')).toHaveLength(1);
    expect((await findRollout('autosave'))?.phase).toBe('B');
    expect((await run(presser, ...promote)).code).toBe(4);
  });
});

describe('a step from the command line', () => {
  it('rolls back as the person of the key, and at the machine without one [ROL-2]', async () => {
    await start();
    await putRollout({ where: { id: 'autosave' }, data: { phase: 'C', version: 3 } });
    const dry = await run('oncall', 'rollback', ...AUTOSAVE, '--phase=C', ...WHY, '--dry-run');
    expect(dry).toMatchObject({ code: 0, json: { outcome: 'would_roll_back', way: 'api' } });
    expect(await run('oncall', 'rollback', ...AUTOSAVE, '--phase=C', ...WHY)).toMatchObject({
      code: 0,
      json: { outcome: 'rolled_back', from: 'C', to: 'B', way: 'api', trigger: 'cli', by: 'oncall' },
    });
    expect(await run('oncall', 'rollback', ...AUTOSAVE, '--phase=A', ...WHY)).toMatchObject({ code: 4 });
    process.env.DATABASE_URL = databaseUrl;
    const direct = await run(null, 'rollback', ...AUTOSAVE, '--phase=B', ...WHY);
    expect(direct, direct.said).toMatchObject({ code: 0, json: { outcome: 'rolled_back', way: 'database' } });
    expect(await findRollout('autosave')).toMatchObject({ phase: 'A' });
  });

  it('has nothing to decline, and nothing to restart, where nothing waits [ROL-3] [ROL-5]', async () => {
    await start();
    expect(await run('oncall', 'not-now', ...AUTOSAVE, ...WHY)).toMatchObject({
      code: 4,
      json: { reason: 'nothing_to_decide' },
    });
    expect((await run('sre', 'restart', ...AUTOSAVE, ...WHY)).code).toBeGreaterThan(2);
  });
});

describe('a stop from the command line', () => {
  it('is pressed by one, and armed again by two [OPS-7]', async () => {
    await start();
    const slip = await run('oncall', 'halt', ...AUTOSAVE, ...WHY, '--confirm=HALT');
    expect(slip).toMatchObject({ code: 3, json: { reason: 'not_confirmed' } });
    expect(await run('oncall', 'halt', ...AUTOSAVE, ...WHY, '--confirm=STOP')).toMatchObject({
      code: 0,
      json: { outcome: 'ordered', halted: ['autosave'], way: 'api', stop: { trigger: 'cli' } },
    });
    expect(await findRollout('autosave')).toMatchObject({ state: 'halted' });
    expect(await run('oncall', 'status', ...AUTOSAVE)).toMatchObject({ json: { decision: 'halt' } });
    expect(await run('sre', 're-arm', ...AUTOSAVE, ...WHY, '--dry-run')).toMatchObject({
      json: { outcome: 'would_count', missing: 1 },
    });
    expect(await run('sre', 're-arm', ...AUTOSAVE, ...WHY)).toMatchObject({ json: { outcome: 'counted' } });
    expect(await run('sre', 're-arm', ...AUTOSAVE, ...WHY)).toMatchObject({
      json: { outcome: 'already_counted', missing: 1 },
    });
    expect(await run('lead', 're-arm', ...AUTOSAVE, ...WHY)).toMatchObject({
      code: 0,
      json: { outcome: 'released', resumed: ['autosave'] },
    });
    expect(await run('lead', 're-arm', ...AUTOSAVE, ...WHY)).toMatchObject({
      code: 4,
      json: { reason: 'nothing_in_force' },
    });
  });

  it('leaves a review, which others than who pressed sign [OPS-7]', async () => {
    await run('oncall', 'halt', '--all', ...WHY, '--confirm=STOP');
    const { json } = await run('viewer', 'review');
    const [review] = json.reviews as { id: string }[];
    const sign = ['review', '--sign', review?.id ?? '', '--comment', 'looked at it'];
    expect(await run('sre', ...sign)).toMatchObject({ code: 0, json: { outcome: 'signed' } });
    expect(await run('oncall', ...sign)).toMatchObject({ code: 3 });
  });

  it('presses the kill switch without a key and without the app [OPS-7]', async () => {
    process.env.DATABASE_URL = databaseUrl;
    expect(await run(null, 'halt', '--all', ...WHY)).toMatchObject({
      code: 3,
      json: { reason: 'not_confirmed' },
    });
    expect(await run(null, 'halt', '--all', ...WHY, '--confirm=STOP')).toMatchObject({
      code: 0,
      json: { outcome: 'ordered', way: 'database', stop: { scope: '*' } },
    });
  });

  it('holds promotions, and ends [PHA-3]', async () => {
    expect(await run('oncall', 'freeze', '--all', ...WHY)).toMatchObject({ json: { outcome: 'ordered' } });
    const { json } = await run('viewer', 'status', ...AUTOSAVE);
    expect(DecisionSchema.parse(json).heldBy).toContain('freeze');
    expect((await run('viewer', 'stops')).json).toMatchObject({ inForce: [{ kind: 'freeze' }] });
    expect(await run('oncall', 'unfreeze', '--all', ...WHY)).toMatchObject({ json: { outcome: 'released' } });
  });
});

it('changes nothing with --dry-run, whatever the verb', async () => {
  await start();
  const standing = async () => {
    const [rollouts, audit, approvals, stops, reviews, answers, signOffs, changes] = await Promise.all([
      database().rollout.findMany({ orderBy: { id: 'asc' } }),
      // What Phasegate itself proves meanwhile is not the command's.
      database().auditEntry.count({ where: { actorId: { not: SYSTEM_ACTOR.id } } }),
      database().rolloutApproval.count(),
      database().stopOrder.findMany(),
      database().review.count(),
      database().checklistAnswer.count(),
      database().panelSignOff.count(),
      database().phaseChange.count(),
    ]);
    return { rollouts, audit, approvals, stops, reviews, answers, signOffs, changes };
  };
  const before = await standing();
  const target = AUTOSAVE;
  for (const [who, ...argv] of [
    ['sre', 'approve', ...target],
    ['sre', 'reject', ...target, '--comment', 'no good'],
    ['sre', 'promote', ...target, ...WHY],
    ['sre', 'start', '--target=autosave-merge', ...WHY],
    ['sre', 'restart', ...target, ...WHY],
    ['sre', 'rollback', ...target, '--phase=A', ...WHY],
    ['sre', 'not-now', ...target, ...WHY],
    ['reviewer', 'sign-off', ...target, '--panel=autosave'],
    ['oncall', 'halt', '--all', ...WHY],
    ['oncall', 'freeze', '--all', ...WHY],
  ] as [Person, ...string[]][]) {
    const { code, json } = await run(who, ...argv, '--dry-run');
    expect(json, argv.join(' ')).toHaveProperty('outcome');
    expect(String(json.outcome), argv.join(' ')).toMatch(code === 0 ? /^would_/ : /^refused$/);
  }
  expect(await standing()).toEqual(before);
});

describe('phasegate slo', () => {
  it('tells error budgets to people and as JSON, and writes the report as CSV [DASH-4]', async () => {
    const report = await run('viewer', 'slo', ...AUTOSAVE);
    expect(report).toMatchObject({ code: 0, json: { rolloutId: 'autosave', period: { kind: 'rolling' } } });
    const month = await run('viewer', 'slo', ...AUTOSAVE, '--month', '2026-10');
    expect(month).toMatchObject({ code: 0, json: { period: { kind: 'month', month: '2026-10' } } });
    const output = join(folder, 'slo.csv');
    const saved = await run('viewer', 'slo', ...AUTOSAVE, '--table', 'report', '--output', output);
    const text = await readFile(output, 'utf8');
    expect(saved).toMatchObject({ code: 0, json: { file: output, bytes: Buffer.byteLength(text) } });
    expect(text.startsWith('\uFEFFtable,rollout,timezone,')).toBe(true);
    expect(await run('viewer', 'slo', ...AUTOSAVE, '--month', 'October')).toMatchObject({ code: 2 });
    expect(await run('viewer', 'slo', '--target=nothing')).toMatchObject({ json: { code: 'NOT_FOUND' } });
  });
});

describe('phasegate deployed', () => {
  it('records a deployment once, for a program whose key may and a person whose role may [DASH-1]', async () => {
    const { key } = await createApiKey({ name: 'ci', scopes: ['write:deployments'] }, ROOT, new Date());
    keys.set('program', key);
    const what = ['deployed', ...AUTOSAVE, '--name', 'editor', '--release', '4.2.0'];
    expect(await run('program', ...what)).toMatchObject({ code: 0, json: { outcome: 'recorded' } });
    expect(await run('program', ...what)).toMatchObject({ code: 0, json: { outcome: 'already_recorded' } });
    expect(await run('sre', ...what, '--dry-run')).toMatchObject({
      code: 0,
      json: { outcome: 'would_record' },
    });
    expect(await run('viewer', ...what)).toMatchObject({ code: 3, json: { reason: 'permission_missing' } });
    expect(await run('program', 'status')).toMatchObject({ code: 3 });
  });
});

describe('phasegate policy and audit', () => {
  it('says what changed last of the policy, for people and as JSON [PHA-6]', async () => {
    const { hash } = await loadPolicy();
    await adoptPolicy(new Date());
    const listed = await run('viewer', 'policy', 'versions');
    expect(listed).toMatchObject({ code: 0, json: { inForce: hash, versions: [{ hash }] } });
    const same = await run('viewer', 'policy', 'diff');
    expect(same).toMatchObject({ code: 0, json: { from: hash, to: hash, changes: [] } });
    expect(same.said).toContain('0 changes');
    expect(await run('viewer', 'policy', 'diff', '--from', 'yesterday')).toMatchObject({ code: 2 });
    expect(await run('viewer', 'policy', 'diff', '--from', '0'.repeat(12))).toMatchObject({
      code: 2,
      json: { reason: 'policy_version_unknown' },
    });
  });

  it('checks the chain of the audit trail, and ends with 3 when it does not hold [OPS-22]', async () => {
    await start();
    const whole = await run('viewer', 'audit', 'verify');
    expect(whole).toMatchObject({ code: 0, json: { fault: null } });
    expect(whole.said).toMatch(/entries hold\. Newest: \d+ [0-9a-f]{64}/);
    await database().$executeRawUnsafe('ALTER TABLE audit_entry DISABLE TRIGGER USER');
    await database().$executeRawUnsafe(`UPDATE audit_entry SET reason = 'another' WHERE seq = 2`);
    expect(await run('viewer', 'audit', 'verify')).toMatchObject({
      code: 3,
      json: { reason: 'chain_broken', issues: [{ field: 'entry 2' }] },
    });
  });

  it('writes an export to a file of its own and never over another [OPS-20]', async () => {
    await start();
    const file = join(folder, 'audit.csv');
    const written = await run(
      'viewer',
      'audit',
      'export',
      '--output',
      file,
      '--format=csv',
      '--subject=rollout:',
    );
    expect(written).toMatchObject({ code: 0, json: { file } });
    const text = await readFile(file, 'utf8');
    expect(text).toContain('rollout.started');
    expect(text).not.toContain('api_key.created');
    expect(await run('viewer', 'audit', 'export', '--output', file)).toMatchObject({
      code: 2,
      json: { reason: 'file_not_written' },
    });
    expect(await readFile(file, 'utf8')).toBe(text);
    expect(await run(null, 'audit', 'export', '--output', join(folder, 'b'))).toMatchObject({ code: 3 });
  });
});
