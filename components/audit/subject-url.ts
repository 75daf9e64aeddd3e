import type { SubjectName } from '#lib/dashboard/index.ts';

/** Where one reads on about a subject: its page, or what else is on record of it; null where there is neither. Pure. */
export function subjectUrl(subject: string, name?: SubjectName): string | null {
  const [kind = '', id = ''] = subject.split(':');
  if (id === '') return null;
  const part = encodeURIComponent(id);
  switch (kind) {
    case 'rollout':
      return `/rollouts/${part}`;
    case 'incident':
      return `/incidents/${part}`;
    case 'policy':
      return `/policy?version=${part}`;
    case 'quarantine':
      return '/quarantine';
    case 'stop':
    case 'review':
      return '/stops';
    case 'delivery':
      return name?.kind === 'delivery' && name.incidentId !== null
        ? `/deliveries?incident=${name.incidentId}`
        : '/deliveries';
    case 'job':
      return '/jobs';
    // Who may read of people and keys is not who may read the trail.
    case 'user':
    case 'api_key':
      return `/audit?subject=${encodeURIComponent(subject)}`;
    default:
      return null;
  }
}
