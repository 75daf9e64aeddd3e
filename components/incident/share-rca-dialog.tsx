'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Field, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';
import { shareRca } from '#lib/queries/index.ts';
import { incidentKey } from '#lib/reporter/index.ts';

/** Puts on record where the RCA can be read (ROL-6). */
export function ShareRcaDialog({ page, onClose }: { page: IncidentPage; onClose: () => void }) {
  const t = useTranslations('incidentPage');
  const press = useTranslations('press');
  const { incident, rcaShared } = page.detail;
  const [link, setLink] = useState(rcaShared?.url ?? '');
  const [missing, setMissing] = useState(false);
  const given = link.trim();
  return (
    <ActDialog
      name={`rca.${incident.id}`}
      subject={incident}
      title={({ number }) => t('shareTitle', { key: incidentKey(number) })}
      description={t('shareText')}
      submit={{ label: t('shareRca') }}
      check={() => {
        const complete = /^https?:\/\/./.test(given) && URL.canParse(given);
        setMissing(!complete);
        return complete;
      }}
      act={({ id }) => shareRca(id, given)}
      done={() => <Notice tone="good" live title={t('shareDone')} />}
      roles={page.rights.handle.roles}
      onClose={onClose}
    >
      {() => (
        <Field
          label={t('shareLink')}
          required
          requiredLabel={press('required')}
          error={missing ? t('shareLinkMissing') : undefined}
        >
          {(control) => (
            <TextInput
              {...control}
              type="url"
              inputMode="url"
              autoCapitalize="off"
              maxLength={2000}
              placeholder="https://"
              value={link}
              onChange={(event) => {
                setLink(event.target.value);
                setMissing(false);
              }}
            />
          )}
        </Field>
      )}
    </ActDialog>
  );
}
