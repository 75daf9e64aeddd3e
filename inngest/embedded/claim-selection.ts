/** Something that may be called now: a run, or one of its planned steps. */
export type Candidate = {
  runId: string;
  /** null: the run itself. */
  stepId: string | null;
  functionId: string;
  concurrencyKeys: readonly string[];
};

export type Limit = { limit: number };

/**
 * Chooses which candidates to call now, oldest first, without passing any concurrency limit of their functions.
 * `busy` holds what is being called already, by any runner. Limits count calls, as Inngest's do: a sleeping run takes
 * no place.
 */
export function selectClaims(
  candidates: readonly Candidate[],
  busy: readonly Pick<Candidate, 'functionId' | 'concurrencyKeys'>[],
  limitsOf: (functionId: string) => readonly Limit[],
  free: number,
): Candidate[] {
  const used = new Map<string, number>();
  const places = (item: Pick<Candidate, 'functionId' | 'concurrencyKeys'>) =>
    limitsOf(item.functionId).map(({ limit }, index) => ({
      place: JSON.stringify([item.functionId, index, item.concurrencyKeys[index] ?? '']),
      limit,
    }));
  const take = (item: Pick<Candidate, 'functionId' | 'concurrencyKeys'>) => {
    for (const { place } of places(item)) used.set(place, (used.get(place) ?? 0) + 1);
  };
  busy.forEach(take);
  const chosen: Candidate[] = [];
  for (const candidate of candidates) {
    if (chosen.length >= free) break;
    if (places(candidate).some(({ place, limit }) => (used.get(place) ?? 0) >= limit)) continue;
    take(candidate);
    chosen.push(candidate);
  }
  return chosen;
}
