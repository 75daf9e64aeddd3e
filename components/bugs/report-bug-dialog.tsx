'use client';

import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Field, TextArea, TextInput } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import { Segmented } from '#components/ui/segmented.tsx';
import { BUG_SEVERITIES, type BugSeverity } from '#lib/bugs/index.ts';
import { reportBug } from '#lib/queries/index.ts';

const SHORTEST_TITLE = 3;

/** One bug, once: pressing again after a failure sends the same report under the same key. */
export function ReportBugDialog({ rolloutId, onClose }: { rolloutId: string; onClose: () => void }) {
  const t = useTranslations('bugs');
  const press = useTranslations('press');
  const [key] = useState(() => crypto.randomUUID());
  const [severity, setSeverity] = useState<BugSeverity>('major');
  const [title, setTitle] = useState('');
  const [text, setText] = useState('');
  const [link, setLink] = useState('');
  const [wrong, setWrong] = useState(false);
  const badLink = link !== '' && !/^https?:\/\/\S+$/.test(link);
  const noTitle = title.trim().length < SHORTEST_TITLE;
  return (
    <ActDialog
      name={`bug.${rolloutId}`}
      subject={rolloutId}
      title={() => t('report')}
      description={t('lead')}
      submit={{ label: t('send') }}
      check={() => {
        setWrong(noTitle || badLink);
        return !noTitle && !badLink;
      }}
      act={(rollout) => reportBug({ key, rollout, severity, title, text, ...(link === '' ? {} : { link }) })}
      done={() => <Notice tone="good" live title={t('done')} />}
      onClose={onClose}
    >
      {() => (
        <div className="grid gap-5">
          <Segmented
            label={t('severity')}
            value={severity}
            options={BUG_SEVERITIES.map((value) => ({ value, label: t(`severity_${value}`) }))}
            onChange={setSeverity}
          />
          <Field
            label={t('titleLabel')}
            required
            requiredLabel={press('required')}
            error={wrong && noTitle ? t('titleMissing') : undefined}
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
          <Field label={t('textLabel')}>
            {(control) => (
              <TextArea
                {...control}
                maxLength={10_000}
                value={text}
                onChange={(event) => setText(event.target.value)}
              />
            )}
          </Field>
          <Field label={t('linkLabel')} error={wrong && badLink ? t('linkBad') : undefined}>
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
    </ActDialog>
  );
}
