export {
  cancelJobRun,
  discardQuarantined,
  type RolledBack,
  replayQuarantined,
  rollBack,
  runJob,
} from './commands.ts';
export { RequestFailed } from './fetch-json.ts';
export { queryKeys } from './keys.ts';
export { keysToReload, LiveNoticeSchema } from './live-topics.ts';
export {
  addApiKey,
  addUser,
  changeOwnPassword,
  changeUser,
  revokeKey,
  setUpAdministrator,
} from './people-and-keys.ts';
export {
  jobsQuery,
  overviewQuery,
  panelQuery,
  quarantineQuery,
  rolloutViewQuery,
  verdictsQuery,
} from './queries.ts';
export { type SignInAnswer, signInWithPassword } from './sign-in.ts';
