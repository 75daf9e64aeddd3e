'use client';

import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { failureKind } from '#components/press/failure-kind.ts';
import { PressFailure } from '#components/press/press-failure.tsx';
import { Button, type ButtonLook } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, TextArea, TextInput } from '#components/ui/field.tsx';
import { queryKeys, RequestFailed } from '#lib/queries/index.ts';

const SHORTEST_REASON = 3;

type ActDialogProps<Subject, Answer> = {
  rolloutId: string;
  /** What the reader decides about, as it is now; the dialog keeps what it showed first. */
  subject: Subject;
  title: string;
  description: string;
  submit: { label: string; busy: string; tone: ButtonLook['tone'] };
  reason: { label: string; required: boolean; hint?: string | undefined; missing: string };
  link?: { label: string; invalid: string; optional: string } | undefined;
  /** What is shown above the fields. */
  children: (shown: Subject) => ReactNode;
  /** What has changed, after a refusal because the reader looked at something older. */
  changed?: ((shown: Subject) => ReactNode) | undefined;
  act: (shown: Subject, words: { reason: string; link: string }) => Promise<Answer>;
  done: (answer: Answer) => ReactNode;
  onClose: () => void;
};

/**
 * A decision of a person: the question, what it is about, a reason, and what came of it. A refusal because things moved on
 * keeps the words and asks to look again; nothing is ever signed unseen (DASH-5).
 */
export function ActDialog<Subject, Answer>(props: ActDialogProps<Subject, Answer>) {
  const { rolloutId, subject, title, description, submit, reason, link, onClose } = props;
  const t = useTranslations();
  const client = useQueryClient();
  const [shown, setShown] = useState(subject);
  const [words, setWords] = useState({ reason: '', link: '' });
  const [wrong, setWrong] = useState<'reason' | 'link' | null>(null);
  const press = useMutation({
    mutationFn: () => props.act(shown, { reason: words.reason.trim(), link: words.link.trim() }),
    onSettled: () =>
      Promise.all([
        client.invalidateQueries({ queryKey: queryKeys.rollout(rolloutId) }),
        client.invalidateQueries({ queryKey: queryKeys.overview() }),
      ]),
  });
  const failed = press.error instanceof RequestFailed ? press.error : null;
  const conflict = failed !== null && failureKind(failed) === 'conflict';

  function send() {
    const given = words.reason.trim();
    if (given.length < SHORTEST_REASON && (reason.required || given.length > 0)) return setWrong('reason');
    if (words.link.trim() !== '' && !isLink(words.link.trim())) return setWrong('link');
    press.mutate();
  }

  function lookAgain() {
    setShown(subject);
    press.reset();
  }

  return (
    <Dialog
      open
      onOpenChange={(open) => (open ? undefined : onClose())}
      closeLabel={t('app.close')}
      title={title}
      description={press.isSuccess ? undefined : description}
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
            {conflict ? (
              <Button tone="primary" className="max-sm:h-12" disabled={press.isPending} onClick={lookAgain}>
                {t('approvals.lookAgain')}
              </Button>
            ) : (
              <Button tone={submit.tone} className="max-sm:h-12" disabled={press.isPending} onClick={send}>
                {press.isPending ? submit.busy : submit.label}
              </Button>
            )}
          </>
        )
      }
    >
      {press.isSuccess ? (
        props.done(press.data)
      ) : (
        <div className="grid gap-5">
          {press.error ? (
            <div className="grid gap-3">
              <PressFailure error={press.error} />
              {conflict ? props.changed?.(shown) : null}
            </div>
          ) : null}
          {conflict ? null : props.children(shown)}
          <Field
            label={reason.label}
            required={reason.required}
            requiredLabel={t('app.required')}
            hint={reason.hint}
            error={wrong === 'reason' ? reason.missing : undefined}
          >
            {(control) => (
              <TextArea
                {...control}
                rows={2}
                maxLength={2000}
                className="min-h-16"
                value={words.reason}
                onChange={(event) => {
                  setWords({ ...words, reason: event.target.value });
                  setWrong(null);
                }}
              />
            )}
          </Field>
          {link ? (
            <Field
              label={`${link.label} (${link.optional})`}
              error={wrong === 'link' ? link.invalid : undefined}
            >
              {(control) => (
                <TextInput
                  {...control}
                  type="url"
                  inputMode="url"
                  maxLength={2000}
                  placeholder="https://"
                  value={words.link}
                  onChange={(event) => {
                    setWords({ ...words, link: event.target.value });
                    setWrong(null);
                  }}
                />
              )}
            </Field>
          ) : null}
        </div>
      )}
    </Dialog>
  );
}

function isLink(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
