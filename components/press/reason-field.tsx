'use client';

import { useTranslations } from 'next-intl';
import { cx } from '#components/ui/cx.ts';
import { Field, TextArea } from '#components/ui/field.tsx';

const SHORTEST_REASON = 3;

/** Whether a reason is long enough to be kept. */
export const isReason = (text: string): boolean => text.trim().length >= SHORTEST_REASON;

/** A reason: one touch on a common one, or words of one's own. */
export function ReasonField({
  label,
  hint,
  presets = [],
  optional = false,
  value,
  missing,
  missingText,
  onChange,
}: {
  label?: string | undefined;
  hint?: string | undefined;
  presets?: readonly string[] | undefined;
  /** It may be left empty. */
  optional?: boolean;
  value: string;
  /** It was pressed without one. */
  missing: boolean;
  missingText?: string | undefined;
  onChange: (text: string) => void;
}) {
  const t = useTranslations('press');
  return (
    <div className="grid gap-3">
      {presets.length > 0 ? (
        <fieldset className="flex flex-wrap gap-2">
          <legend className="mb-2 text-sm font-medium">{t('presets')}</legend>
          {presets.map((preset) => (
            <button
              key={preset}
              type="button"
              aria-pressed={value === preset}
              onClick={() => onChange(preset)}
              className={cx(
                'h-11 rounded-full border px-4 text-sm sm:h-9',
                value === preset
                  ? 'border-accent bg-accent-soft font-medium text-accent'
                  : 'border-line-strong bg-surface hover:bg-sunken',
              )}
            >
              {preset}
            </button>
          ))}
        </fieldset>
      ) : null}
      <Field
        label={
          optional ? t('optionalLabel', { label: label ?? t('reasonLabel') }) : (label ?? t('reasonLabel'))
        }
        required={!optional}
        requiredLabel={t('required')}
        hint={hint ?? t('reasonHint')}
        error={missing ? (missingText ?? t('reasonMissing')) : undefined}
      >
        {(control) => (
          <TextArea
            {...control}
            rows={2}
            maxLength={2000}
            className="min-h-16"
            value={value}
            onChange={(event) => onChange(event.target.value)}
          />
        )}
      </Field>
    </div>
  );
}
