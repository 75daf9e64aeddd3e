'use client';

import { Autocomplete } from '@base-ui/react/autocomplete';
import { Dialog } from '@base-ui/react/dialog';
import { useQuery } from '@tanstack/react-query';
import { ChartNoAxesCombined, CircleUser, Keyboard, type LucideIcon, Search } from 'lucide-react';
import { useRouter } from 'next/navigation';
import { useTranslations } from 'next-intl';
import { useReader } from '#components/clock/clock.tsx';
import { Keys } from '#components/shell/keys.tsx';
import { ALL_PLACES, placesFor } from '#components/shell/places.ts';
import { attentionQuery } from '#lib/queries/index.ts';

type Entry = { id: string; label: string; icon: LucideIcon; keys?: readonly string[]; open: () => void };
type Group = { value: string; items: Entry[] };

/** Opens pages and lists by their name; nothing that changes anything is in it (ecosystem.md, pattern 43). */
export function Palette({
  showAdmin,
  onClose,
  onHelp,
}: {
  showAdmin: boolean;
  onClose: () => void;
  onHelp: () => void;
}) {
  const t = useTranslations('shortcuts');
  const nav = useTranslations('nav');
  const settings = useTranslations('settings');
  const { locale } = useReader();
  const router = useRouter();
  const { data } = useQuery(attentionQuery());
  const to = (href: string) => () => {
    router.push(href);
    onClose();
  };
  const groups: Group[] = [
    {
      value: t('pages'),
      items: [
        ...placesFor(ALL_PLACES, showAdmin).map((place) => ({
          id: place.id,
          label: nav(place.id),
          icon: place.icon,
          keys: ['g', place.key],
          open: to(place.href),
        })),
        { id: 'account', label: settings('accountPage'), icon: CircleUser, open: to('/account') },
      ],
    },
    {
      value: t('rollouts'),
      items: (data?.rollouts ?? []).map(({ id, label }) => ({
        id,
        label: label[locale],
        icon: ChartNoAxesCombined,
        open: to(`/rollouts/${encodeURIComponent(id)}`),
      })),
    },
    {
      value: t('everywhere'),
      items: [{ id: 'shortcuts', label: t('title'), icon: Keyboard, keys: ['?'], open: onHelp }],
    },
  ].filter(({ items }) => items.length > 0);
  return (
    <Dialog.Root
      open
      onOpenChange={(open) => {
        if (!open) onClose();
      }}
    >
      <Dialog.Portal>
        <Dialog.Backdrop className="fixed inset-0 z-40 bg-black/50" />
        <Dialog.Popup
          aria-label={t('palette')}
          className="fixed inset-x-3 top-16 z-50 mx-auto flex max-h-[70dvh] max-w-lg flex-col overflow-hidden rounded-xl border border-line bg-surface text-ink shadow-xl outline-none"
        >
          <Autocomplete.Root
            open
            inline
            items={groups}
            autoHighlight="always"
            keepHighlight
            // People know pages by either name.
            itemToStringValue={(entry: Entry) => `${entry.label} ${entry.id}`}
          >
            <div className="flex items-center gap-2.5 border-b border-line px-4">
              <Search aria-hidden className="size-5 shrink-0 text-ink-3" />
              <Autocomplete.Input
                aria-label={t('paletteInput')}
                placeholder={t('paletteInput')}
                className="h-12 w-full bg-transparent text-base outline-none placeholder:text-ink-3"
              />
            </div>
            <Autocomplete.Empty>
              <p className="px-4 py-6 text-center text-sm text-ink-2">{t('nothingFound')}</p>
            </Autocomplete.Empty>
            <Autocomplete.List className="min-h-0 flex-1 overflow-y-auto overscroll-contain p-1.5 empty:hidden">
              {(group: Group) => (
                <Autocomplete.Group key={group.value} items={group.items} className="not-last:mb-1.5">
                  <Autocomplete.GroupLabel className="px-2.5 pt-1.5 pb-1 text-xs font-medium text-ink-2">
                    {group.value}
                  </Autocomplete.GroupLabel>
                  <Autocomplete.Collection>
                    {(entry: Entry) => {
                      const Icon = entry.icon;
                      return (
                        <Autocomplete.Item
                          key={entry.id}
                          value={entry}
                          onClick={entry.open}
                          className="flex min-h-10 cursor-pointer items-center gap-2.5 rounded-md px-2.5 text-sm outline-none data-highlighted:bg-sunken"
                        >
                          <Icon aria-hidden className="size-4.5 shrink-0 text-ink-3" />
                          <span className="min-w-0 truncate">{entry.label}</span>
                          {entry.keys ? <Keys keys={entry.keys} className="ml-auto" /> : null}
                        </Autocomplete.Item>
                      );
                    }}
                  </Autocomplete.Collection>
                </Autocomplete.Group>
              )}
            </Autocomplete.List>
          </Autocomplete.Root>
          <Dialog.Close className="sr-only">{t('close')}</Dialog.Close>
        </Dialog.Popup>
      </Dialog.Portal>
    </Dialog.Root>
  );
}
