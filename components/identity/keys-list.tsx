'use client';

import { KeyRound } from 'lucide-react';
import { type ReactNode, useState } from 'react';
import { Button } from '#components/ui/button.tsx';
import { Section } from '#components/ui/card.tsx';
import { EmptyState } from '#components/ui/notice.tsx';
import type { ApiKeySummary } from '#lib/identity/index.ts';
import { KeyRow } from './key-row.tsx';

type KeysListProps = {
  id: string;
  keys: readonly ApiKeySummary[];
  /** `none` and `noneText`: what stands where there is no key yet. */
  words: { title: string; add: string; none: string; noneText: string; about?: string };
  disabled?: boolean;
  newDialog: (close: () => void) => ReactNode;
  revokeDialog: (key: ApiKeySummary, close: () => void) => ReactNode;
};

/** Keys, ended ones included because a log may name them, with how to make one and how to end one. */
export function KeysList({ id, keys, words, disabled = false, newDialog, revokeDialog }: KeysListProps) {
  const [open, setOpen] = useState<ApiKeySummary | 'new' | null>(null);
  const close = () => setOpen(null);
  return (
    <Section
      id={id}
      title={words.title}
      aside={
        <Button size="sm" disabled={disabled} onClick={() => setOpen('new')}>
          <KeyRound aria-hidden className="size-4" />
          {words.add}
        </Button>
      }
    >
      {words.about ? (
        <p className="border-b border-line px-4 py-3 text-sm text-ink-2 sm:px-5">{words.about}</p>
      ) : null}
      {keys.length === 0 ? (
        <EmptyState title={words.none}>{words.noneText}</EmptyState>
      ) : (
        <ul className="divide-y divide-line">
          {keys.map((key) => (
            <KeyRow key={key.id} apiKey={key} onRevoke={() => setOpen(key)} />
          ))}
        </ul>
      )}
      {open === 'new' ? newDialog(close) : null}
      {open && open !== 'new' ? revokeDialog(open, close) : null}
    </Section>
  );
}
