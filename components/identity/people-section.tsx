'use client';

import { UserPlus } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Badge } from '#components/ui/badge.tsx';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import type { UserSummary } from '#lib/identity/index.ts';
import { type RoleChoice, UserDialog } from './user-dialog.tsx';

type PeopleSectionProps = { users: readonly UserSummary[]; roles: readonly RoleChoice[]; ownId: string };

/** Everybody who may come in, with their roles. */
export function PeopleSection({ users, roles, ownId }: PeopleSectionProps) {
  const t = useTranslations('admin');
  const router = useRouter();
  const [editing, setEditing] = useState<UserSummary | 'new' | null>(null);
  const labelOf = new Map(roles.map((role) => [role.id, role.label]));
  return (
    <Section
      id="people"
      title={t('people')}
      aside={
        <Button size="sm" onClick={() => setEditing('new')}>
          <UserPlus aria-hidden className="size-4" />
          {t('addPerson')}
        </Button>
      }
    >
      <p className="sr-only" role="status">
        {t('peopleCount', { count: users.length })}
      </p>
      <ul className="divide-y divide-line">
        {users.map((user) => (
          <li key={user.id} className="flex flex-wrap items-center gap-x-4 gap-y-2 px-4 py-3 sm:px-5">
            <div className="min-w-0 flex-1 basis-52">
              <p className="font-medium break-words">
                {user.name}
                {user.id === ownId ? <span className="ml-2 text-[13px] text-ink-2">({t('you')})</span> : null}
              </p>
              <p className="text-[13px] break-all text-ink-2">{user.email}</p>
            </div>
            <div className="flex flex-1 basis-52 flex-wrap gap-1.5">
              {user.disabledAt ? <Badge tone="bad">{t('disabled')}</Badge> : null}
              {user.roles.length === 0 ? <Badge>{t('noRoles')}</Badge> : null}
              {user.roles.map((role) => (
                <Badge key={role} tone="accent">
                  {labelOf.get(role) ?? role}
                </Badge>
              ))}
              {user.signsInWith.includes('github') ? <Badge>{t('viaGithub')}</Badge> : null}
              {user.slackUserId === null ? null : (
                <Badge>
                  {t('slackLinked')} <span className="ml-1 font-mono">{user.slackUserId}</span>
                </Badge>
              )}
            </div>
            <Button
              size="sm"
              aria-label={t('editNamed', { name: user.name })}
              onClick={() => setEditing(user)}
            >
              {t('edit')}
            </Button>
          </li>
        ))}
      </ul>
      {editing ? (
        <UserDialog
          key={editing === 'new' ? 'new' : editing.id}
          user={editing === 'new' ? null : editing}
          roles={roles}
          onClose={() => setEditing(null)}
          onSaved={() => router.refresh()}
        />
      ) : null}
    </Section>
  );
}
