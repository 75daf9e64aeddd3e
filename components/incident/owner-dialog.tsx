'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { focusFirstError } from '#components/press/focus-first-error.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { usePress } from '#components/press/use-press.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, SelectInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { IncidentPage } from '#lib/dashboard/index.ts';
import { nameOwner } from '#lib/queries/index.ts';

/** Names who owns an incident and writes its RCA. */
export function OwnerDialog({ page, onClose }: { page: IncidentPage; onClose: () => void }) {
  const t = useTranslations();
  const [ownerId, setOwnerId] = useState(page.detail.owner?.id ?? '');
  const [missing, setMissing] = useState(false);
  const press = usePress((id: string) => nameOwner(page.detail.incident.id, id));
  const named = page.people.find(({ id }) => id === ownerId);
  function submit() {
    if (named) press.press(named.id);
    else {
      setMissing(true);
      focusFirstError();
    }
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      closeLabel={t('app.close')}
      title={t('incidentPage.ownerTitle', { key: page.key })}
      description={press.isSuccess ? undefined : t('incidentPage.ownerText')}
      footer={
        press.isSuccess ? (
          <Button className="max-sm:h-12" onClick={onClose}>
            {t('app.close')}
          </Button>
        ) : (
          <>
            <Button className="max-sm:h-12" onClick={onClose}>
              {t('app.cancel')}
            </Button>
            <Button tone="primary" className="max-sm:h-12" disabled={press.isPending} onClick={submit}>
              {press.isPending ? t('press.sending') : t('incidentPage.nameOwner')}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Notice tone="good" live title={t('incidentPage.ownerDone', { name: named?.name ?? '' })} />
      ) : (
        <div className="grid gap-5">
          {press.error ? <PressFailure error={press.error} roles={page.rights.handle.roles} /> : null}
          <Field
            label={t('incidentPage.owner')}
            required
            requiredLabel={t('press.required')}
            error={missing ? t('incidentPage.ownerMissing') : undefined}
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
                <option value="">{t('incidentPage.choose')}</option>
                {page.people.map(({ id, name }) => (
                  <option key={id} value={id}>
                    {name}
                  </option>
                ))}
              </SelectInput>
            )}
          </Field>
        </div>
      )}
    </Dialog>
  );
}
