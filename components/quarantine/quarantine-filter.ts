import { QUARANTINE_STATES, type QuarantineState } from '#lib/collector/quarantine.schema.ts';
import { QUARANTINE_REASONS } from '#lib/telemetry/window-series.schema.ts';

const SHOWN = [...QUARANTINE_STATES, 'all'] as const;

export type QuarantineFilter = {
  state: QuarantineState | 'all';
  reason: (typeof QUARANTINE_REASONS)[number] | '';
};

/** What the address shows of the quarantine: the open lines of any reason unless it says otherwise. Pure. */
export const quarantineFilterOf = (
  read: (name: keyof QuarantineFilter) => string | null,
): QuarantineFilter => ({
  state: SHOWN.find((each) => each === read('state')) ?? 'open',
  reason: QUARANTINE_REASONS.find((each) => each === read('reason')) ?? '',
});
