'use client';

import { Check, Copy } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useState } from 'react';
import { Button } from './button.tsx';

const SHOWN_MS = 2_000;

/** Text to copy: a command, a key, a list of places. */
export function CodeBlock({ text, label }: { text: string; label: string }) {
  const t = useTranslations('app');
  const [copied, setCopied] = useState(false);
  async function copy() {
    await navigator.clipboard.writeText(text);
    setCopied(true);
    setTimeout(() => setCopied(false), SHOWN_MS);
  }
  const Icon = copied ? Check : Copy;
  return (
    <div className="relative mt-2 rounded-md border border-line bg-sunken">
      <section
        aria-label={label}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls must be reachable by keyboard
        tabIndex={0}
        className="overflow-x-auto p-3 sm:pr-28"
      >
        <pre className="font-mono text-[13px] leading-relaxed">{text}</pre>
      </section>
      <Button
        size="sm"
        className="mx-3 mb-3 sm:absolute sm:top-2 sm:right-2 sm:m-0"
        onClick={() => void copy()}
      >
        <Icon aria-hidden className="size-4" />
        <span aria-live="polite">{copied ? t('copied') : t('copy')}</span>
      </Button>
    </div>
  );
}
