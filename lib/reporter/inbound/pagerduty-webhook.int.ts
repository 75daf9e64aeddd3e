import { createHmac } from 'node:crypto';
import fc from 'fast-check';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { database, disconnectDatabase } from '#lib/database/server.ts';
import { emptyTables, testDatabase } from '#scripts/test/database.ts';
import { POST } from '../../../app/api/webhooks/pagerduty/route.ts';
import { pagerDutyStanding } from './pagerduty-event.ts';

const SECRET = 'pagerduty-webhook-secret';
let number = 0;
beforeAll(async () => {
  process.env.PAGERDUTY_WEBHOOK_SECRET = SECRET;
  process.env.LOG_LEVEL = 'silent';
  await testDatabase();
});
afterAll(disconnectDatabase);
beforeEach(async () => {
  await emptyTables('incident');
  const incident = await database().incident.create({
    data: {
      rolloutId: 'autosave',
      phase: 'B',
      cause: 'slo_violation',
      severity: 'major',
      openedAt: new Date('2026-11-21T00:00:00Z'),
      pagerdutyState: 'triggered',
    },
  });
  number = incident.number;
});

type Word = { id: string; type: string; minute: number; by?: string; key?: string };

async function told({ id, type, minute, by = 'Suzuki', key }: Word, secret = SECRET) {
  const body = JSON.stringify({
    event: {
      id,
      event_type: type,
      resource_type: 'incident',
      occurred_at: new Date(Date.UTC(2026, 10, 21, 0, minute)).toISOString(),
      agent: { id: 'PABC', type: 'user_reference', summary: by },
      data: {
        id: 'Q1',
        type: 'incident',
        status: 'any',
        incident_key: key ?? `phasegate:Incident-${String(number).padStart(3, '0')}`,
      },
    },
  });
  const signature = `v1=${createHmac('sha256', secret).update(body).digest('hex')}`;
  const response = await POST(
    new Request('http://localhost:3917/api/webhooks/pagerduty', {
      method: 'POST',
      headers: { 'x-pagerduty-signature': `v1=${'0'.repeat(64)},${signature}` },
      body,
    }),
    { params: Promise.resolve({}) },
  );
  return response.status;
}
const standing = async () => {
  const { pagerdutyState, pagerdutyAcknowledgedBy } = await database().incident.findFirstOrThrow();
  return [pagerdutyState, pagerdutyAcknowledgedBy];
};

const acknowledged = { id: 'E1', type: 'incident.acknowledged', minute: 1, by: 'Suzuki' };
const resolved = { id: 'E2', type: 'incident.resolved', minute: 9, by: 'Tanaka' };

describe('what PagerDuty says', () => {
  it('is shown on the incident and kept once, with who did it [INC-1]', async () => {
    expect(await told(acknowledged)).toBe(204);
    expect(await standing()).toEqual(['acknowledged', 'Suzuki']);
    expect(await told(resolved)).toBe(204);
    expect(await standing()).toEqual(['resolved', 'Suzuki']);
    expect(await told(resolved)).toBe(204);
    expect(await database().incidentEvent.count()).toBe(2);
    expect(await database().auditEntry.count({ where: { subject: { startsWith: 'incident:' } } })).toBe(2);
  });

  it('ends in the same state when it comes late, twice and at once [INC-1]', async () => {
    const words = [acknowledged, resolved, { id: 'E3', type: 'incident.triggered', minute: 0 }];
    await Promise.all(
      [...words]
        .reverse()
        .concat(words)
        .map((word) => told(word)),
    );
    expect(await standing()).toEqual(['resolved', 'Suzuki']);
    expect(await database().incidentEvent.count()).toBe(3);
  });

  it('opens an incident again without the old acknowledgement [INC-1]', async () => {
    for (const word of [acknowledged, resolved, { id: 'E3', type: 'incident.reopened', minute: 20 }])
      await told(word);
    expect(await standing()).toEqual(['triggered', null]);
  });

  it.each([
    ['an incident of others', { ...acknowledged, key: 'nagios:42' }],
    ['a stop of ours', { ...acknowledged, key: 'phasegate:stop:01a1fe5e-d199-722a-affb-6a0a6b820303' }],
    ['an incident we never had', { ...acknowledged, key: 'phasegate:Incident-999999' }],
    ['something else about ours', { ...acknowledged, type: 'incident.annotated' }],
  ])('about %s is accepted and ignored', async (_, word) => {
    expect(await told(word)).toBe(204);
    expect(await standing()).toEqual(['triggered', null]);
    expect(await database().incidentEvent.count()).toBe(0);
  });

  it('is refused with another signature, without one, and where it is no webhook', async () => {
    expect(await told(acknowledged, 'another secret')).toBe(401);
    for (const [body, signed, status] of [
      ['{}', false, 401],
      ['{}', true, 400],
      ['not json', true, 400],
      ['x'.repeat(300_000), true, 413],
    ] as const) {
      const headers = signed
        ? { 'x-pagerduty-signature': `v1=${createHmac('sha256', SECRET).update(body).digest('hex')}` }
        : {};
      const request = new Request('http://localhost:3917/', { method: 'POST', headers, body });
      expect((await POST(request, { params: Promise.resolve({}) })).status).toBe(status);
    }
    expect(await standing()).toEqual(['triggered', null]);
  });
});

it('stands the same whatever the order in which it was told [INC-1]', () => {
  const words = fc.uniqueArray(
    fc.record({
      eventId: fc.string({ minLength: 1, maxLength: 4 }),
      state: fc.constantFrom('triggered' as const, 'acknowledged' as const, 'resolved' as const),
      at: fc.integer({ min: 0, max: 5 }).map((minute) => new Date(minute * 60_000)),
      by: fc.constantFrom('a', 'b'),
    }),
    { selector: ({ eventId }) => eventId, maxLength: 8 },
  );
  fc.assert(
    fc.property(
      words.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
      ([all, shuffled]) => {
        expect(pagerDutyStanding(shuffled)).toEqual(pagerDutyStanding(all));
      },
    ),
    { numRuns: 300 },
  );
});
