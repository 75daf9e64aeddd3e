'use client';

import { ChevronDown, ChevronRight } from 'lucide-react';
import type { ComponentProps, ReactNode } from 'react';
import { cx } from './cx.ts';
import { Cell, Row } from './table.tsx';

type OpeningRowProps = {
  open: boolean;
  toggle: () => void;
  /** What the button that opens it is called. */
  label: string;
  /** How many columns the table has, that of the button included. */
  columns: number;
  /** What stands below it while it is open. */
  details: ReactNode;
  children: ReactNode;
};

/** A row that opens to its details; on a phone its parts stand below each other. */
export function OpeningRow({ open, toggle, label, columns, details, children }: OpeningRowProps) {
  const Chevron = open ? ChevronDown : ChevronRight;
  return (
    <>
      <Row className="align-top max-md:relative max-md:block max-md:py-3 max-md:pr-4 max-md:pl-12">
        <Cell className="pr-0 align-top max-md:absolute max-md:top-2 max-md:left-0 max-md:px-2">
          <button
            type="button"
            aria-expanded={open}
            aria-label={label}
            onClick={toggle}
            className="inline-flex size-8 items-center justify-center rounded text-ink-2 hover:bg-sunken hover:text-ink"
          >
            <Chevron aria-hidden className="size-4" />
          </button>
        </Cell>
        {children}
      </Row>
      {open ? (
        <tr className="border-b border-line bg-sunken/50 max-md:block">
          <td colSpan={columns} className="p-0 max-md:block">
            {details}
          </td>
        </tr>
      ) : null}
    </>
  );
}

/** A part of an {@link OpeningRow}. */
export function OpeningCell({ className, ...props }: ComponentProps<'td'>) {
  return (
    <Cell
      className={cx('align-top max-md:block max-md:h-auto max-md:px-0 max-md:py-0.5', className)}
      {...props}
    />
  );
}
