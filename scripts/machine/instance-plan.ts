import type { InstanceName } from './instance.ts';

/** What differs between the demo, real use and development. */
export type InstancePlan = {
  readonly name: InstanceName;
  /** `next dev` instead of a build: for people who change Phasegate itself. */
  readonly development?: boolean;
  /** Folders for the Collector when the person set none. */
  readonly telemetryRoots: readonly string[];
  /** Runs once the tables exist, before the app starts. */
  readonly prepare: (machine: Machine) => Promise<void>;
  /** Runs after `prepare`, beside the build and the start of the app. */
  readonly fill?: (machine: Machine) => Promise<void>;
  /** Runs when the app answers and `fill` is done; returns what to print. */
  readonly greet: (machine: Machine) => Promise<string>;
};

/** What a plan may use while it prepares. */
export type Machine = {
  readonly dir: string;
  readonly url: string;
  /** Where the app is reached from this machine. */
  readonly localUrl: string;
  readonly say: (line: string) => void;
  readonly environment: () => NodeJS.ProcessEnv;
  /** Runs a script of ours to its end. */
  readonly run: (name: string, args: readonly string[], extra?: Record<string, string>) => Promise<void>;
  /** Starts a script of ours and keeps it running until the end. */
  readonly keep: (name: string, args: readonly string[], extra?: Record<string, string>) => void;
};
