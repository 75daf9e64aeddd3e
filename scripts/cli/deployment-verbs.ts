import { callApi, connect, type Where } from './call-api.ts';
import type { CommandIo } from './command-io.ts';

type Deployed = Where & {
  target: string;
  name: string;
  release: string;
  link?: string;
  at?: string;
  key?: string;
  dryRun: boolean;
};

/** Says that something reached the users of a rollout: a line on its charts (DASH-1). For the last step of a pipeline. */
export async function deployed(io: CommandIo, options: Deployed): Promise<unknown> {
  const connection = connect(options, io.environment, io.say);
  const { target, name, release, link, at, key, dryRun } = options;
  return await callApi(connection, {
    method: 'POST',
    path: '/api/v1/deployments',
    body: {
      // A pipeline that runs its last step again says the same thing again.
      key: key ?? `${target}:${name}@${release}`.replaceAll(/[^\w.:@/+-]/g, '_').slice(0, 200),
      rollout: target,
      name,
      version: release,
      ...(link === undefined ? {} : { url: link }),
      ...(at === undefined ? {} : { deployedAt: at }),
      dryRun,
    },
  });
}
