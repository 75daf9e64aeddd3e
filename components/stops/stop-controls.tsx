'use client';

/** Stop, freeze and re-arm for one rollout, or for everything with `*`. */
export function StopControls(_props: { scope: string }) {
  return null;
}
