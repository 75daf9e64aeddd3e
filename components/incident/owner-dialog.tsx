'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Field, SelectInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';
import { nameOwner } from '#lib/queries/index.ts';

/** Names who owns an incident and writes its RCA. */
export function OwnerDialog({ page, onClose }: { page: IncidentPage; onClose: () => void }) {
  const t = useTranslations('incidentPage');
  const press = useTranslations('press');
  const [ownerId, setOwnerId] = useState(page.detail.owner?.id ?? '');
  const [missing, setMissing] = useState(false);
  const named = page.people.find(({ id }) => id === ownerId);
  return (
    <ActDialog
      name={`owner.${page.detail.incident.id}`}
      subject={page.key}
      title={(key) => t('ownerTitle', { key })}
      description={t('ownerText')}
      submit={{ label: t('nameOwner') }}
      check={() => {
        setMissing(named === undefined);
        return named !== undefined;
      }}
      act={() => nameOwner(page.detail.incident.id, ownerId)}
      done={() => <Notice tone="good" live title={t('ownerDone', { name: named?.name ?? '' })} />}
      roles={page.rights.handle.roles}
      onClose={onClose}
    >
      {() => (
        <Field
          label={t('owner')}
          required
          requiredLabel={press('required')}
          error={missing ? t('ownerMissing') : undefined}
        >
          {(control) => (
            <SelectInput
              {...control}
              value={ownerId}
              onChange={(event) => {
                setOwnerId(event.target.value);
                setMissing(false);
              }}
            >
              <option value="">{t('choose')}</option>
              {page.people.map(({ id, name }) => (
                <option key={id} value={id}>
                  {name}
                </option>
              ))}
            </SelectInput>
          )}
        </Field>
      )}
    </ActDialog>
  );
}
