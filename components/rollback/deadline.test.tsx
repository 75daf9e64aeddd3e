import { NextIntlClientProvider } from 'next-intl';
import { renderToStaticMarkup } from 'react-dom/server';
import { expect, it } from 'vitest';
import { ClockProvider } from '#components/clock/clock.tsx';
import type { RequiredRollback } from '#lib/dashboard/index.ts';
import messages from '../../messages/en.json' with { type: 'json' };
import { DeadlineLine } from './deadline.tsx';

const DUE_AT = '2026-11-21T05:15:00.000Z';
const required: RequiredRollback = {
  id: 'request',
  cause: 'verdict',
  mode: 'on_call',
  fromPhase: 'B',
  toPhase: 'A',
  openedAt: '2026-11-21T05:00:00.000Z',
  dueAt: DUE_AT,
  windowStart: null,
  metrics: [],
  named: [],
  events: [],
};

const said = (secondsPastDue: number, halted = false): string =>
  renderToStaticMarkup(
    <NextIntlClientProvider locale="en" messages={messages} timeZone="Asia/Tokyo">
      <ClockProvider initialNow={Date.parse(DUE_AT) + secondsPastDue * 1000}>
        <DeadlineLine required={required} halted={halted} />
      </ClockProvider>
    </NextIntlClientProvider>,
  );

it('says when a rollback happens by itself, and for a while past it that it is about to [ROL-3]', () => {
  expect(said(-60)).toContain('14:15:00 JST');
  expect(said(1)).toContain('any moment');
  expect(said(180)).toContain('any moment');
});

it('promises nothing any more once it should long have happened, but asks a person [ROL-3]', () => {
  expect(said(181)).toContain('Do not wait: roll back now');
  expect(said(181)).not.toContain('any moment');
  expect(said(3_600, true), 'a pressed kill switch holds it').not.toContain('Do not wait');
});
