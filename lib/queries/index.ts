export { bugsQuery, rehearse, reportBug } from './bugs.ts';
export {
  cancelJobRun,
  discardQuarantined,
  replayQuarantined,
  runJob,
} from './commands.ts';
export { type SentAgain, sendAgain } from './delivery-commands.ts';
export { RequestFailed } from './fetch-json.ts';
export { isServerWell } from './health.ts';
export { commentOnStep, nameOwner, reportFileUrl, shareRca } from './incident-commands.ts';
export { queryKeys } from './keys.ts';
export { keysToReload, LiveNoticeSchema } from './live-topics.ts';
export {
  addApiKey,
  addPersonalKey,
  addUser,
  changeOwnPassword,
  changeUser,
  linkSlack,
  revokeKey,
  revokeOwnKey,
  setUpAdministrator,
} from './people-and-keys.ts';
export {
  closeIncident,
  declineRollback,
  orderStop,
  type Released,
  type RolledBack,
  releaseStop,
  restartRollout,
  rollBack,
  type Stopped,
  type StopRequest,
  signReview,
} from './protective-commands.ts';
export {
  attentionQuery,
  deliveriesQuery,
  incidentQuery,
  jobsQuery,
  overviewQuery,
  panelQuery,
  panelStretchQuery,
  protectionQuery,
  quarantineQuery,
  rolloutViewQuery,
  safetyRecordQuery,
  verdictsQuery,
  windowEventsQuery,
  windowQuery,
} from './queries.ts';
export { auditExportUrl, auditHeadQuery, auditQuery, checkChain, policyVersionsQuery } from './records.ts';
export {
  answerChecklist,
  giveApproval,
  type Outcome,
  promote,
  type Stepped,
  signPanel,
  startRollout,
  withdrawApproval,
  withdrawSignOff,
} from './rollout-commands.ts';
export { type SignInAnswer, signInWithPassword, signOutHere } from './sign-in.ts';
export { sloCsvUrl, sloPageUrl, sloQuery } from './slo.ts';
