/** The page of what an entry is about; null where it has none. Pure. */
export function subjectUrl(subject: string): string | null {
  const [kind = '', id = ''] = subject.split(':');
  if (id === '') return null;
  const name = encodeURIComponent(id);
  switch (kind) {
    case 'rollout':
      return `/rollouts/${name}`;
    case 'incident':
      return `/incidents/${name}`;
    case 'policy':
      return `/policy?version=${name}`;
    case 'quarantine':
      return '/quarantine';
    case 'stop':
    case 'stop_order':
    case 'review':
      return '/stops';
    case 'delivery':
      return '/deliveries';
    case 'job':
      return '/jobs';
    default:
      return null;
  }
}
