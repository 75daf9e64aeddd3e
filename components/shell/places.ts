import {
  BellRing,
  CalendarClock,
  ClipboardCheck,
  FileText,
  Gauge,
  Landmark,
  LayoutDashboard,
  type LucideIcon,
  OctagonPause,
  PackageX,
  ScrollText,
  Siren,
  Users,
} from 'lucide-react';

export type PlaceId =
  | 'overview'
  | 'inbox'
  | 'incidents'
  | 'slo'
  | 'deliveries'
  | 'quarantine'
  | 'policy'
  | 'audit'
  | 'templates'
  | 'jobs'
  | 'stops'
  | 'admin';

export type Place = {
  id: PlaceId;
  href: string;
  icon: LucideIcon;
  /** The second key of its shortcut, after `g`. */
  key: string;
  /** Pages below it that belong to it, by the beginning of their path. */
  below?: string;
  /** Whoever may not manage people and keys is not led there. */
  needsAdmin?: boolean;
};

/** What people come for every day: always in sight. */
export const PRIMARY_PLACES: readonly Place[] = [
  { id: 'overview', href: '/', icon: LayoutDashboard, key: 'o', below: '/rollouts' },
  { id: 'inbox', href: '/inbox', icon: ClipboardCheck, key: 'a' },
  { id: 'incidents', href: '/incidents', icon: Siren, key: 'i' },
  { id: 'slo', href: '/slo', icon: Gauge, key: 's' },
];

/** What happened, and by which rules. */
export const RECORD_PLACES: readonly Place[] = [
  { id: 'deliveries', href: '/deliveries', icon: BellRing, key: 'd' },
  { id: 'quarantine', href: '/quarantine', icon: PackageX, key: 'q' },
  { id: 'policy', href: '/policy', icon: Landmark, key: 'p' },
  { id: 'audit', href: '/audit', icon: ScrollText, key: 'l' },
  { id: 'templates', href: '/templates', icon: FileText, key: 't' },
];

/** What keeps it running, and what stops it. */
export const OPERATION_PLACES: readonly Place[] = [
  { id: 'jobs', href: '/jobs', icon: CalendarClock, key: 'j' },
  { id: 'stops', href: '/stops', icon: OctagonPause, key: 'x' },
  { id: 'admin', href: '/admin', icon: Users, key: 'm', needsAdmin: true },
];

export const ALL_PLACES: readonly Place[] = [...PRIMARY_PLACES, ...RECORD_PLACES, ...OPERATION_PLACES];

/** The places of a list that a reader is led to. */
export function placesFor(places: readonly Place[], showAdmin: boolean): readonly Place[] {
  return places.filter(({ needsAdmin }) => showAdmin || !needsAdmin);
}

/** Whether the page at `pathname` is a place or belongs to it. */
export function isCurrentPlace({ href, below }: Place, pathname: string): boolean {
  const within = (base: string) => pathname === base || pathname.startsWith(`${base}/`);
  return within(href) || (below !== undefined && within(below));
}
