import { structuredPatch } from 'diff';
import { POLICY_FILES, type TextDiff } from '../policy-history.schema.ts';
import type { PolicyFiles } from './diff-policies.ts';

const CONTEXT_LINES = 3;

/** The files that differ, line by line, each change with three lines around it. Pure. */
export function textDiffs(before: PolicyFiles, after: PolicyFiles): TextDiff[] {
  return POLICY_FILES.filter((file) => before[file] !== after[file]).map((file) => ({
    file,
    hunks: structuredPatch(file, file, before[file], after[file], '', '', {
      context: CONTEXT_LINES,
    }).hunks.map(({ oldStart, newStart, lines }) => ({ oldStart, newStart, lines })),
  }));
}
