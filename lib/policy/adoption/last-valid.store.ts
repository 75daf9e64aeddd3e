import { env, log } from '#lib/config/server.ts';
import { database } from '#lib/database/server.ts';
import { type LoadedPolicy, parsePolicy } from '../parse.ts';

/**
 * The version that came into force last, from the database (PHA-6): what a process goes by that starts while the files cannot
 * be used. null where there is none: no database, no version on record, or one that this release cannot read any more.
 */
export async function readLastValidPolicy(): Promise<LoadedPolicy | null> {
  try {
    if (!env().databaseUrl) return null;
    const last = await database().policyAdoption.findFirst({
      orderBy: { seq: 'desc' },
      include: { version: true },
    });
    if (!last) return null;
    const { policyYaml, eventsYaml, killSwitchYaml, retryYaml } = last.version;
    return parsePolicy({
      policy: { file: 'governance/policy.yaml', text: policyYaml },
      events: { file: 'governance/events.yaml', text: eventsYaml },
      ...(killSwitchYaml === ''
        ? {}
        : { killSwitch: { file: 'governance/killswitch-rules.yaml', text: killSwitchYaml } }),
      ...(retryYaml === '' ? {} : { retries: { file: 'governance/retry-policy.yaml', text: retryYaml } }),
    });
  } catch (error) {
    // What is wrong with the files is said by whoever asked; this says only why there is nothing to fall back on.
    log('policy').warn({ err: error }, 'no earlier version of the policy can be read from the database');
    return null;
  }
}
