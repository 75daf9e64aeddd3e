import { getLocale } from 'next-intl/server';
import { isLocale, LOCALES } from '#lib/i18n/index.ts';
import { type Actor, can } from '#lib/identity/index.ts';
import { requireActor } from '#lib/identity/server.ts';
import type { Permission, Policy } from '#lib/policy/index.ts';
import { loadPolicy } from '#lib/policy/server.ts';

export type PageAccess = {
  actor: Actor;
  policy: Policy;
  mayView: boolean;
  may: (permission: Permission) => boolean;
  /** The names of the roles that have a permission, in the reader's language. */
  rolesFor: (permission: Permission) => string[];
};

/** Who looks at a page and what they may do; whoever has not signed in is sent to do so. */
export async function pageAccess(path: string): Promise<PageAccess> {
  const [actor, { policy }, requested] = await Promise.all([requireActor(path), loadPolicy(), getLocale()]);
  const locale = isLocale(requested) ? requested : LOCALES[0];
  const may = (permission: Permission) => can(actor, permission, policy);
  return {
    actor,
    policy,
    mayView: may('view'),
    may,
    rolesFor: (permission) =>
      (policy.permissions[permission] ?? []).map((role) => policy.roles[role]?.[locale] ?? role),
  };
}
