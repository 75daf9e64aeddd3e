'use client';

import { type LucideIcon, Timer } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { type FormEvent, type ReactNode, useEffect, useId, useRef, useState } from 'react';
import { Age, Instant } from '#components/clock/clock.tsx';
import { Button, type ButtonLook } from '#components/ui/button.tsx';
import { Dialog } from '#components/ui/dialog.tsx';
import { Field, TextInput } from '#components/ui/field.tsx';
import type { Text } from '#lib/dashboard/index.ts';
import { RequestFailed } from '#lib/queries/index.ts';
import { failureKind } from './failure-kind.ts';
import { focusFirstError } from './focus-first-error.ts';
import { PressFailure } from './press-failure.tsx';
import { isReason, ReasonField } from './reason-field.tsx';
import { SignInHere } from './sign-in-here.tsx';
import { useKeptWords, type Words } from './use-kept-words.ts';
import { usePress } from './use-press.ts';

export type ActDialogProps<Subject, Answer> = {
  /** Which act on what: under this name the words survive a sign-in elsewhere. */
  name: string;
  /** What is decided about, as it is now; the dialog keeps what it showed first until the reader looks again. */
  subject: Subject;
  /** The question with its object. */
  title: (shown: Subject) => string;
  /** Once it is done, where that is something else. */
  doneTitle?: string | undefined;
  description?: string | undefined;
  /** Verb and object; while it cannot be pressed, why. */
  submit: {
    label: string | ((shown: Subject) => string);
    tone?: ButtonLook['tone'];
    icon?: LucideIcon;
    blocked?: string | null;
  };
  /** Left out: the act takes no reason. */
  reason?:
    | {
        label?: string;
        presets?: readonly string[];
        initial?: string;
        hint?: string;
        /** What to say when it was pressed without one. */
        missing?: string;
        /** Only where words may be left out. */
        optional?: boolean;
      }
    | undefined;
  /** A field for a link that may be left empty. */
  link?: { label: string; invalid: string } | undefined;
  /** What changes for whom, above the reason. */
  children?: ((shown: Subject) => ReactNode) | undefined;
  /** Below the reason: a word to type. */
  after?: ReactNode;
  /** Instead of everything: why there is nothing to press now. */
  instead?: ReactNode;
  /** Whether what stands in `children` and `after` is complete; whatever is not marks itself. */
  check?: (() => boolean) | undefined;
  act: (shown: Subject, words: Words) => Promise<Answer>;
  /** What came of it; null closes the dialog at once. */
  done: (answer: Answer, shown: Subject) => ReactNode;
  /** After a refusal because things moved on: what has changed since the reader looked. */
  changed?: ((shown: Subject) => ReactNode) | undefined;
  /** After such a refusal: nothing is left to press. */
  gone?: ((now: Subject, shown: Subject) => boolean) | undefined;
  /** Who may, for whoever may not. */
  roles?: readonly Text[] | undefined;
  wide?: boolean;
  closeLabel?: string;
  onClose: () => void;
};

/**
 * Every decision of a person goes through here: the question, what changes for whom, a reason, one press, and what came of
 * it (DASH-5). A refusal because things moved on keeps the words and says what moved; nothing is ever signed unseen.
 * An expired session is renewed in place. A second press while the first is under way does nothing.
 */
export function ActDialog<Subject, Answer>(props: ActDialogProps<Subject, Answer>) {
  const { name, subject, submit, reason, link, onClose } = props;
  const t = useTranslations();
  const formId = useId();
  const whyId = useId();
  const form = useRef<HTMLFormElement>(null);
  const [shown, setShown] = useState(subject);
  const [words, setWords, forget] = useKeptWords(name, { reason: reason?.initial ?? '', link: '' });
  const [wrong, setWrong] = useState({ reason: false, link: false });
  const [pressedAt, setPressedAt] = useState<number | null>(null);
  const press = usePress((given: Words) => props.act(shown, given));
  const failed = press.error instanceof RequestFailed ? press.error : null;
  const kind = press.error ? failureKind(failed) : null;
  const outcome = press.isSuccess ? props.done(press.data, shown) : undefined;
  const over = outcome !== undefined || Boolean(props.instead && !press.error);
  const gone = kind === 'conflict' && props.gone?.(subject, shown) === true;

  function close() {
    forget();
    onClose();
  }

  const closesItself = outcome === null;
  useEffect(() => {
    if (press.isSuccess) forget();
    if (closesItself) onClose();
  }, [press.isSuccess, closesItself, forget, onClose]);

  function send(event?: FormEvent) {
    event?.preventDefault();
    if (submit.blocked || press.isPending) return;
    const given = { reason: words.reason.trim(), link: words.link.trim() };
    const noReason =
      reason !== undefined && !isReason(given.reason) && !(reason.optional && given.reason === '');
    const noLink = given.link !== '' && !isLink(given.link);
    setWrong({ reason: noReason, link: noLink });
    const complete = props.check?.() ?? true;
    if (noReason || noLink || !complete) return focusFirstError();
    if (form.current && !form.current.reportValidity()) return;
    setPressedAt(Date.now());
    press.press(given);
  }

  function lookAgain() {
    setShown(subject);
    press.reset();
  }

  const closeButton = (
    <Button className="max-sm:h-12" onClick={close}>
      {props.closeLabel ?? t('app.close')}
    </Button>
  );
  return (
    <Dialog
      open
      onOpenChange={(open) => !open && close()}
      closeLabel={t('app.close')}
      title={(press.isSuccess ? props.doneTitle : undefined) ?? props.title(shown)}
      description={over ? undefined : props.description}
      wide={props.wide ?? false}
      footer={
        over || gone ? (
          closeButton
        ) : (
          <>
            <Button className="max-sm:h-12" onClick={close}>
              {t('app.cancel')}
            </Button>
            {kind === 'conflict' ? (
              <Button tone="primary" className="max-sm:h-12" onClick={lookAgain}>
                {t('press.lookAgain')}
              </Button>
            ) : kind === 'signedOut' ? null : (
              <Button
                type="submit"
                form={formId}
                tone={submit.tone ?? 'primary'}
                className="max-sm:h-12"
                disabled={press.isPending || Boolean(submit.blocked)}
                aria-describedby={submit.blocked ? whyId : undefined}
              >
                {submit.icon ? <submit.icon aria-hidden className="size-4 shrink-0" /> : null}
                {press.isPending
                  ? t('press.sending')
                  : typeof submit.label === 'string'
                    ? submit.label
                    : submit.label(shown)}
              </Button>
            )}
          </>
        )
      }
    >
      {outcome !== undefined ? (
        <div className="grid gap-4">
          {outcome}
          {pressedAt === null ? null : <Received at={new Date(pressedAt).toISOString()} />}
        </div>
      ) : over ? (
        props.instead
      ) : (
        <div className="grid gap-5">
          {press.isPending && pressedAt !== null ? <Waiting since={pressedAt} /> : null}
          {press.error ? (
            <div className="grid gap-3">
              <PressFailure error={press.error} roles={props.roles ?? []} />
              {kind === 'conflict' ? props.changed?.(shown) : null}
              {kind === 'signedOut' ? <SignInHere onSignedIn={press.reset} /> : null}
            </div>
          ) : null}
          <form ref={form} id={formId} noValidate onSubmit={send} className="grid gap-5">
            {kind === 'conflict' ? null : props.children?.(shown)}
            {reason && !gone ? (
              <ReasonField
                label={reason.label}
                hint={reason.hint}
                presets={reason.presets}
                optional={reason.optional ?? false}
                value={words.reason}
                missing={wrong.reason}
                missingText={reason.missing}
                onChange={(text) => {
                  setWords({ ...words, reason: text });
                  setWrong((before) => ({ ...before, reason: false }));
                }}
              />
            ) : null}
            {link && !gone ? (
              <Field
                label={t('press.optionalLabel', { label: link.label })}
                error={wrong.link ? link.invalid : undefined}
              >
                {(control) => (
                  <TextInput
                    {...control}
                    inputMode="url"
                    autoCapitalize="off"
                    maxLength={2000}
                    placeholder="https://"
                    value={words.link}
                    onChange={(event) => {
                      setWords({ ...words, link: event.target.value });
                      setWrong((before) => ({ ...before, link: false }));
                    }}
                  />
                )}
              </Field>
            ) : null}
            {props.after}
            {submit.blocked ? (
              <p id={whyId} className="text-sm text-ink-2">
                {submit.blocked}
              </p>
            ) : null}
          </form>
        </div>
      )}
    </Dialog>
  );
}

/** A press is on its way: never a spinner without an age. */
function Waiting({ since }: { since: number }) {
  const t = useTranslations('press');
  const [seconds, setSeconds] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setSeconds(Math.floor((Date.now() - since) / 1000)), 1000);
    return () => clearInterval(timer);
  }, [since]);
  if (seconds < 1) return null;
  return (
    <p className="flex items-center gap-2 text-sm text-ink-2 tabular-nums">
      <Timer aria-hidden className="size-4 shrink-0" />
      {t('sendingFor', { seconds })}
    </p>
  );
}

/** When the press was taken, and how long ago. */
function Received({ at }: { at: string }) {
  const t = useTranslations('press');
  return (
    <p className="text-[13px] text-ink-2 tabular-nums">
      {t.rich('received', {
        at: () => <Instant at={at} style="clock" />,
        age: () => <Age at={at} />,
      })}
    </p>
  );
}

function isLink(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
