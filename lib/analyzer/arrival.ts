/** Events of one kind that count towards verdicts, in one window of the phase their rollout is in. */
type ArrivedEvents = { event: string; dims: string; windowStart: Date; count: number };

export type Arrival = {
  rolloutId: string;
  phase: string;
  /** Whether anything was counted into the open window. */
  openWindow: boolean;
  /** Of the events that were asked for, newest window first. */
  events: ArrivedEvents[];
};
