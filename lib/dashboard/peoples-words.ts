export type ApprovalRow = {
  id: string;
  choice: string;
  role: string;
  comment: string;
  minutesUrl: string | null;
  personId: string;
  personName: string;
  givenAt: Date;
  expiresAt: Date | null;
  endedAt: Date | null;
  endReason: string | null;
};

export type SignOffRow = {
  id: string;
  panel: string;
  role: string;
  comment: string;
  link: string | null;
  policyHash: string;
  personId: string;
  personName: string;
  givenAt: Date;
  endedAt: Date | null;
  endReason: string | null;
};

export type AnswerRow = {
  list: string;
  item: string;
  answer: string;
  comment: string;
  personName: string;
  givenAt: Date;
};

/** What people have said of this version of a rollout, with their names and words; ended ones newest first. */
export type PeoplesWords = {
  approvals: ApprovalRow[];
  signOffs: SignOffRow[];
  answers: AnswerRow[];
};
