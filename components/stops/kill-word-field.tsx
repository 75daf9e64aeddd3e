'use client';

import { useTranslations } from 'next-intl';
import { Field, TextInput } from '#components/ui/field.tsx';
import { KILL_WORD } from '#lib/rollouts/index.ts';

/**
 * The word that is typed before everything stops. An input method's full-width letters count; the Enter that ends a
 * composition does not send. Pasting is allowed: the word guards against a slip of the hand, not against a person.
 */
export function KillWordField({
  value,
  wrong,
  onChange,
}: {
  value: string;
  wrong: boolean;
  onChange: (typed: string) => void;
}) {
  const t = useTranslations('stops');
  return (
    <Field
      label={t.rich('word', {
        word: () => (
          <code className="rounded bg-sunken px-1.5 py-0.5 font-mono font-bold select-all">{KILL_WORD}</code>
        ),
      })}
      error={wrong ? t('wordWrong', { word: KILL_WORD }) : undefined}
    >
      {(control) => (
        <TextInput
          {...control}
          value={value}
          autoCapitalize="characters"
          autoComplete="off"
          autoCorrect="off"
          spellCheck={false}
          inputMode="text"
          enterKeyHint="done"
          className="h-12 font-mono text-lg tracking-wide sm:h-10 sm:text-base"
          onChange={(event) => onChange(event.target.value)}
          onKeyDown={(event) => {
            if (event.key !== 'Enter') return;
            event.preventDefault();
            // Safari reports the Enter that ends a composition after it: key code 229 says that an input method has it.
            if (!event.nativeEvent.isComposing && event.keyCode !== 229)
              event.currentTarget.form?.requestSubmit();
          }}
        />
      )}
    </Field>
  );
}
