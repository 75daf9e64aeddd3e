import { afterAll, beforeAll, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { MessageCauseSchema } from '#lib/outbox/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';
import { rehearse } from '#lib/rehearsal/server.ts';
import { renderMessage, type Sink } from '#lib/templates/index.ts';
import { loadTemplate } from '#lib/templates/server.ts';
import { climbed, NOW } from '#scripts/test/climbed-rollout.ts';
import { telemetryRoot } from '#scripts/test/telemetry-root.ts';
import { issueTitle, slackBlocks } from '../deliveries/compose-delivery.ts';
import { loadMessageFacts } from './facts.store.ts';
import { valuesOf } from './values-of.ts';

let files: Awaited<ReturnType<typeof telemetryRoot>>;
beforeAll(async () => {
  await climbed();
  files = await telemetryRoot();
});
afterAll(async () => {
  await disconnectDatabase();
  await files.remove();
});

it('words a delivered message of a rehearsal as its report said, marked and without buttons that act [ROL-8]', async () => {
  const { policy } = await loadPolicy();
  const played = await rehearse({
    rolloutId: 'autosave',
    breach: true,
    latency: 600,
    deliver: true,
    actor: { id: 'user:1', name: 'Sato' },
    trigger: 'button',
    now: NOW,
  });
  const sent = await database().message.findMany({
    orderBy: { seq: 'asc' },
    include: { deliveries: { orderBy: { position: 'asc' } } },
  });
  const worded: string[] = [];
  for (const message of sent) {
    const cause = MessageCauseSchema.parse({ kind: message.kind, ...Object(message.values) });
    const facts = await loadMessageFacts(policy, { ...message, cause });
    for (const { sink } of message.deliveries)
      worded.push(
        renderMessage(
          await loadTemplate(cause.kind),
          sink as Sink,
          facts.locale,
          valuesOf(cause.kind, facts) as never,
        ),
      );
    if (cause.kind === 'collector-delayed') continue;
    expect(issueTitle(cause, facts)).toBe('[dry_run=true] Incident-000: autosave C');
    expect(JSON.stringify(slackBlocks(cause, '', facts))).not.toContain('confirm_rollback');
  }
  expect(worded.map((text) => `[dry_run=true] ${text}`)).toEqual(played.messages.map(({ text }) => text));
});
