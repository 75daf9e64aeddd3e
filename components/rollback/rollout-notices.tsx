'use client';

/** What a person must know before anything else about this rollout: a required rollback, a watch, a stop. */
export function RolloutNotices(_props: { rolloutId: string }) {
  return null;
}
