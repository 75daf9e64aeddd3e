'use client';

import { useTranslations } from 'next-intl';
import { type ReactNode, useState } from 'react';
import { Keys } from '#components/shell/keys.tsx';
import { ALL_PLACES, placesFor } from '#components/shell/places.ts';
import { Dialog } from '#components/ui/dialog.tsx';
import { CheckboxInput } from '#components/ui/field.tsx';
import { areShortcutsOn, turnShortcuts } from './shortcut-switch.ts';

/** Every key there is, and the switch that turns the single ones off. */
export function ShortcutList({ showAdmin, onClose }: { showAdmin: boolean; onClose: () => void }) {
  const t = useTranslations('shortcuts');
  const nav = useTranslations('nav');
  const [on, setOn] = useState(areShortcutsOn);
  return (
    <Dialog
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
      title={t('title')}
      description={t('lead')}
      closeLabel={t('close')}
      wide
    >
      <div className="grid gap-x-10 gap-y-6 sm:grid-cols-2">
        <KeyGroup title={t('pages')}>
          {placesFor(ALL_PLACES, showAdmin).map((place) => (
            <KeyLine key={place.id} name={nav(place.id)} keys={['g', place.key]} />
          ))}
        </KeyGroup>
        <div className="grid content-start gap-6">
          <KeyGroup title={t('here')}>
            <KeyLine name={t('nextRow')} keys={['j']} />
            <KeyLine name={t('previousRow')} keys={['k']} />
            <KeyLine name={t('openRow')} keys={['Enter']} />
            <KeyLine name={t('search')} keys={['/']} />
          </KeyGroup>
          <KeyGroup title={t('everywhere')}>
            <KeyLine name={t('palette')} keys={['Ctrl / ⌘', 'K']} />
            <KeyLine name={t('list')} keys={['?']} />
            <KeyLine name={t('close')} keys={['Esc']} />
          </KeyGroup>
          <CheckboxInput
            label={t('switch')}
            checked={on}
            onChange={(event) => {
              turnShortcuts(event.target.checked);
              setOn(event.target.checked);
            }}
          />
        </div>
      </div>
    </Dialog>
  );
}

function KeyGroup({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h3 className="text-sm font-semibold">{title}</h3>
      <dl className="mt-1">{children}</dl>
    </section>
  );
}

function KeyLine({ name, keys }: { name: string; keys: readonly string[] }) {
  return (
    <div className="flex min-h-8 items-center justify-between gap-4 border-b border-line text-sm">
      <dt>{name}</dt>
      <dd>
        <span className="sr-only">{keys.join(' ')}</span>
        <Keys keys={keys} always />
      </dd>
    </div>
  );
}
