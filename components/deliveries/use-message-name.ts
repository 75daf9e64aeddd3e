'use client';

import { useTranslations } from 'next-intl';
import { MESSAGE_KINDS, type MessageKind } from '#lib/templates/index.ts';

const KINDS = Object.keys(MESSAGE_KINDS) as MessageKind[];

/** A message's kind in words; the kind itself where it is of an older version. */
export function useMessageName(): (kind: string) => string {
  const t = useTranslations('delivery');
  return (kind) => {
    const known = KINDS.find((each) => each === kind);
    return known ? t(`kind_${known}`) : kind;
  };
}
