import { nearestName } from '../nearest-name.ts';

/** A fault that no schema can see, at its place in the policy. */
export type CrossIssue = { path: PropertyKey[]; message: string; suggestion?: string };

/** A name that is not defined, with the nearest one that is. */
export const unknown = (
  path: PropertyKey[],
  what: string,
  name: string,
  known: readonly string[],
): CrossIssue => {
  const nearest = nearestName(name, known);
  return {
    path,
    message: `${what} "${name}" is not defined`,
    ...(nearest
      ? { suggestion: `did you mean "${nearest}"?` }
      : { suggestion: `known: ${known.join(', ')}` }),
  };
};
