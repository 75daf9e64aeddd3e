import { type ComponentProps, type ReactNode, useId } from 'react';
import { cx } from './cx.ts';

const CONTROL =
  'w-full rounded-md border border-line-strong bg-surface px-3 text-base sm:text-sm text-ink placeholder:text-ink-3 aria-invalid:border-bad-line aria-invalid:border-2 disabled:bg-sunken disabled:text-ink-3';

type FieldProps = {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  required?: boolean | undefined;
  /** The word shown beside the label of a required field. */
  requiredLabel?: ReactNode;
  className?: string | undefined;
  children: (control: {
    id: string;
    required: boolean | undefined;
    'aria-describedby': string | undefined;
    'aria-invalid': boolean | undefined;
  }) => ReactNode;
};

/** A labelled control with its hint and its error, tied together for screen readers. */
export function Field({ label, hint, error, required, requiredLabel, className, children }: FieldProps) {
  const id = useId();
  const describedBy = [hint ? `${id}-hint` : '', error ? `${id}-error` : ''].filter(Boolean).join(' ');
  return (
    <div className={cx('grid gap-1.5', className)}>
      <label htmlFor={id} className="text-sm font-medium text-ink">
        {label}
        {required && requiredLabel ? (
          <>
            {/* Read aloud, the two are words apart. */}{' '}
            <span className="ml-1 text-xs font-normal text-ink-2">{requiredLabel}</span>
          </>
        ) : null}
      </label>
      {children({
        id,
        required,
        'aria-describedby': describedBy || undefined,
        'aria-invalid': error ? true : undefined,
      })}
      {hint ? (
        <p id={`${id}-hint`} className="text-[13px] text-ink-2">
          {hint}
        </p>
      ) : null}
      {error ? (
        <p id={`${id}-error`} role="alert" className="text-[13px] font-medium text-bad">
          {error}
        </p>
      ) : null}
    </div>
  );
}

export function TextInput({ className, ...props }: ComponentProps<'input'>) {
  return <input className={cx(CONTROL, 'h-10', className)} {...props} />;
}

export function TextArea({ className, ...props }: ComponentProps<'textarea'>) {
  return <textarea className={cx(CONTROL, 'min-h-24 py-2', className)} {...props} />;
}

export function SelectInput({ className, ...props }: ComponentProps<'select'>) {
  return <select className={cx(CONTROL, 'h-10', className)} {...props} />;
}

/** A checkbox with its label as the target, for lists such as roles and scopes. */
export function CheckboxInput({
  label,
  className,
  ...props
}: ComponentProps<'input'> & { label: ReactNode }) {
  return (
    <label className={cx('flex min-h-9 cursor-pointer items-center gap-2.5 text-sm', className)}>
      <input type="checkbox" className="size-4 shrink-0 accent-accent" {...props} />
      <span>{label}</span>
    </label>
  );
}
