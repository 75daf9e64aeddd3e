export { type Environment, EnvironmentError, env, forgetEnv } from './env.ts';
export { log } from './log.client.ts';
