'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, TextArea } from '#components/ui/field.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { Quarantined } from '#lib/collector/quarantine.schema.ts';
import { discardQuarantined, queryKeys, RequestFailed, replayQuarantined } from '#lib/queries/index.ts';

type DialogProps = { row: Quarantined; close: () => void };

/** Mends a line and counts it. What is not JSON at all is told before it is sent. */
export function ReplayDialog({ row, close }: DialogProps) {
  const t = useTranslations();
  const reload = useReload();
  const [raw, setRaw] = useState(row.raw);
  const [notJson, setNotJson] = useState<string | null>(null);
  const replay = useMutation({
    mutationFn: (text: string) => replayQuarantined(row.id, text),
    onSuccess: close,
    onSettled: reload,
  });

  function submit() {
    const problem = jsonProblem(raw);
    setNotJson(problem);
    if (problem === null) replay.mutate(raw.trim());
  }

  return (
    <Dialog
      open
      wide
      onOpenChange={(open) => !open && close()}
      closeLabel={t('app.close')}
      title={t('quarantine.dialogTitle', { source: row.sourceName, line: String(row.lineNumber) })}
      description={t('quarantine.dialogText')}
      footer={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button tone="primary" disabled={replay.isPending || row.rawTruncated} onClick={submit}>
            {replay.isPending ? t('quarantine.submitting') : t('quarantine.submit')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {replay.error ? <ResolveFailure error={replay.error} /> : null}
        {row.rawTruncated ? <Notice tone="warn" title={t('quarantine.truncatedBlocked')} /> : null}
        <p className="text-sm">
          <span className="font-medium">{t(`quarantineReason.${row.reason}`)}</span>
          {row.field ? <span className="ml-2 font-mono text-[13px]">{row.field}</span> : null}
          <span lang="en" className="block text-[13px] break-words text-ink-2">
            {row.message}
          </span>
        </p>
        <Field
          label={t('quarantine.edit')}
          error={notJson === null ? undefined : t('quarantine.notJson', { message: notJson })}
        >
          {(control) => (
            <TextArea
              {...control}
              spellCheck={false}
              autoCapitalize="off"
              autoCorrect="off"
              rows={8}
              readOnly={row.rawTruncated}
              className="font-mono text-base break-all sm:text-[13px]"
              value={raw}
              onChange={(event) => {
                setRaw(event.target.value);
                setNotJson(null);
              }}
            />
          )}
        </Field>
      </div>
    </Dialog>
  );
}

/** Sets a line aside for good. */
export function DiscardDialog({ row, close }: DialogProps) {
  const t = useTranslations();
  const reload = useReload();
  const discard = useMutation({
    mutationFn: () => discardQuarantined(row.id),
    onSuccess: close,
    onSettled: reload,
  });
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      closeLabel={t('app.close')}
      title={t('quarantine.discardTitle', { source: row.sourceName, line: String(row.lineNumber) })}
      description={t('quarantine.discardText')}
      footer={
        <>
          <Button onClick={close}>{t('app.cancel')}</Button>
          <Button tone="danger" disabled={discard.isPending} onClick={() => discard.mutate()}>
            {discard.isPending ? t('quarantine.discarding') : t('quarantine.discardSubmit')}
          </Button>
        </>
      }
    >
      <div className="grid gap-4">
        {discard.error ? <ResolveFailure error={discard.error} /> : null}
        <code className="block max-h-40 overflow-y-auto rounded-md border border-line bg-sunken p-3 font-mono text-xs break-all">
          {row.raw}
        </code>
      </div>
    </Dialog>
  );
}

function useReload(): () => Promise<unknown> {
  const client = useQueryClient();
  return () =>
    Promise.all([
      client.invalidateQueries({ queryKey: queryKeys.quarantine() }),
      client.invalidateQueries({ queryKey: queryKeys.overview() }),
    ]);
}

function ResolveFailure({ error }: { error: Error }) {
  const t = useTranslations('quarantine');
  const failed = error instanceof RequestFailed ? error : null;
  const title =
    failed?.status === 409 ? t('gone') : failed?.status === 422 ? t('stillRefused') : t('actionFailed');
  return (
    <Notice tone="bad" live title={title}>
      {failed?.detail ? <p lang="en">{failed.detail}</p> : null}
    </Notice>
  );
}

function jsonProblem(text: string): string | null {
  try {
    JSON.parse(text);
    return null;
  } catch (cause) {
    return cause instanceof Error ? cause.message : String(cause);
  }
}
