'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { focusFirstError } from '#components/press/focus-first-error.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { usePress } from '#components/press/use-press.ts';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, TextArea, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { BUG_SEVERITIES, type BugSeverity } from '#lib/bugs/index.ts';
import { reportBug } from '#lib/queries/index.ts';

/** One bug, once: pressing again after a failure sends the same report under the same key. */
export function ReportBugDialog({ rolloutId, onClose }: { rolloutId: string; onClose: () => void }) {
  const t = useTranslations();
  const [key] = useState(() => crypto.randomUUID());
  const [severity, setSeverity] = useState<BugSeverity>('major');
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [link, setLink] = useState('');
  const [missing, setMissing] = useState(false);
  const press = usePress(reportBug);
  const badLink = link !== '' && !/^https?:\/\/\S+$/.test(link);
  function submit() {
    if (title.trim().length < 3 || badLink) {
      setMissing(true);
      focusFirstError();
      return;
    }
    press.press({ key, rollout: rolloutId, severity, title, text, ...(link === '' ? {} : { link }) });
  }
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && onClose()}
      closeLabel={t('app.close')}
      title={t('bugs.report')}
      description={press.isSuccess ? undefined : t('bugs.lead')}
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
              {press.isPending ? t('press.sending') : t('bugs.send')}
            </Button>
          </>
        )
      }
    >
      {press.isSuccess ? (
        <Notice tone="good" live title={t('bugs.done')} />
      ) : (
        <div className="grid gap-5">
          {press.error ? <PressFailure error={press.error} /> : null}
          <Segmented
            label={t('bugs.severity')}
            value={severity}
            options={BUG_SEVERITIES.map((value) => ({ value, label: t(`bugs.severity_${value}`) }))}
            onChange={setSeverity}
          />
          <Field
            label={t('bugs.titleLabel')}
            required
            requiredLabel={t('press.required')}
            error={missing && title.trim().length < 3 ? t('bugs.titleMissing') : undefined}
          >
            {(control) => (
              <TextInput
                {...control}
                maxLength={200}
                value={title}
                onChange={(event) => setTitle(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('bugs.textLabel')}>
            {(control) => (
              <TextArea
                {...control}
                maxLength={10_000}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('bugs.linkLabel')} error={missing && badLink ? t('bugs.linkBad') : undefined}>
            {(control) => (
              <TextInput
                {...control}
                type="url"
                maxLength={2000}
                value={link}
                onChange={(event) => setLink(event.target.value)}
              />
            )}
          </Field>
        </div>
      )}
    </Dialog>
  );
}
