/** One thing wrong with a governance file, placed where a person can mend it. Lines and columns count from 1. */
export type PolicyIssue = {
  file: string;
  line: number;
  column: number;
  path: string;
  message: string;
  suggestion?: string;
};

/** One line per issue, in the form editors and terminals make clickable. */
export function formatPolicyIssue(issue: PolicyIssue): string {
  const hint = issue.suggestion ? ` — ${issue.suggestion}` : '';
  return `${issue.file}:${issue.line}:${issue.column} ${issue.path || '(root)'}: ${issue.message}${hint}`;
}

/** Governance files that cannot be used; carries every issue, not the first. */
export class PolicyError extends Error {
  override readonly name = 'PolicyError';
  readonly issues: readonly PolicyIssue[];
  constructor(issues: readonly PolicyIssue[]) {
    super(issues.map(formatPolicyIssue).join('\n'));
    this.issues = issues;
  }
}
