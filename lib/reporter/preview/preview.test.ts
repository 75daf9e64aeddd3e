import { expect, it } from 'vitest';
import { MessageCauseSchema } from '#lib/outbox/index.ts';
import { MESSAGE_KINDS, type MessageKind } from '#lib/templates/index.ts';
import { causeOfNewest, type NewestRow, type NewestRows } from './preview.ts';

const now = new Date('2026-11-21T00:00:00Z');
const id = (n: number) => `00000000-0000-4000-8000-00000000000${n}`;
const row = (n: number, rolloutId: string): NewestRow => ({ id: id(n), rolloutId, phase: 'B' });
const nothing: NewestRows = {
  verdict: null,
  incident: null,
  request: null,
  rollback: null,
  promotion: null,
  stop: null,
  decision: null,
};

it('has a cause for every kind, also before anything has happened [REP-4]', () => {
  for (const kind of Object.keys(MESSAGE_KINDS) as MessageKind[]) {
    const { cause, row: about } = causeOfNewest(kind, nothing, now);
    expect(MessageCauseSchema.parse(cause).kind).toBe(kind);
    expect(about).toBeNull();
  }
});

it('never mixes what happened to two rollouts in one message [REP-4]', () => {
  const rows = { ...nothing, incident: row(1, 'autosave'), request: row(2, 'autosave-merge') };
  expect(causeOfNewest('autosave-incident', rows, now).cause).toMatchObject({ requestId: null });
  const same = { ...rows, request: row(2, 'autosave') };
  expect(causeOfNewest('autosave-incident', same, now).cause).toMatchObject({ requestId: id(2) });
});
