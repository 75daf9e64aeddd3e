import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { z } from 'zod';
import { jobCatalogue, manualEventOf } from './catalogue.ts';

const request = {
  requestedBy: 'sre@example.org',
  newestWindow: { from: '2026-11-21T10:00:00.000Z', to: '2026-11-21T10:15:00.000Z' },
  requestId: 'q1',
};

it('has an event by hand for every function, and it is one the function listens to [OPS-18]', () => {
  expect(jobCatalogue.map(({ id }) => id)).toEqual([
    'phasegate-cycle-tick',
    'phasegate-collect-window',
    'phasegate-analyze-window',
    'phasegate-decide-rollouts',
    'phasegate-tend-rollouts',
    'phasegate-report-window',
    'phasegate-advance-incidents',
    'phasegate-deliver-messages',
    'phasegate-refresh-telemetry',
    'phasegate-fast-lane',
    'phasegate-watchdog',
    'phasegate-guard-automation',
    'phasegate-daily-report',
    'phasegate-keep-budgets',
    'phasegate-apply-retention',
  ]);
  for (const { id, triggers } of jobCatalogue) {
    const event = manualEventOf(id, request);
    expect(triggers).toContainEqual({ kind: 'event', value: event?.name });
    expect(event?.id).toBe('manual:q1');
  }
});

it('ticks every 15 minutes, reads and decides every minute, watches every 5 and deletes at night [COL-3]', () => {
  const crons = jobCatalogue.flatMap(({ id, triggers }) =>
    triggers.filter(({ kind }) => kind === 'cron').map(({ value }) => [id, value]),
  );
  expect(crons).toEqual([
    ['phasegate-cycle-tick', '*/15 * * * *'],
    ['phasegate-decide-rollouts', '* * * * *'],
    ['phasegate-tend-rollouts', '* * * * *'],
    ['phasegate-advance-incidents', '* * * * *'],
    ['phasegate-deliver-messages', '* * * * *'],
    ['phasegate-refresh-telemetry', '* * * * *'],
    ['phasegate-watchdog', '*/5 * * * *'],
    ['phasegate-guard-automation', '* * * * *'],
    ['phasegate-daily-report', 'TZ=Asia/Tokyo 0 9 * * *'],
    ['phasegate-keep-budgets', '50 * * * *'],
    ['phasegate-apply-retention', 'TZ=Asia/Tokyo 20 3 * * *'],
  ]);
});

it('knows no other function', () => {
  for (const id of ['cycle-tick', 'phasegate-', 'phasegate-toString', 'phasegate-cycle-tick-failure']) {
    expect(manualEventOf(id, request)).toBeUndefined();
  }
});

const NamesSchema = z.object({ jobName: z.record(z.string(), z.string().min(1)) });

it.each(['ja', 'en'])('has a name of every function in %s [DASH-6]', (locale) => {
  const { jobName } = NamesSchema.parse(JSON.parse(readFileSync(`messages/${locale}.json`, 'utf8')));
  expect(Object.keys(jobName).toSorted()).toEqual(jobCatalogue.map(({ id }) => id).toSorted());
});
