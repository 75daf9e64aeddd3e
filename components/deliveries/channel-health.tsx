'use client';

import { useTranslations } from 'next-intl';
import { Age, Instant } from '#components/clock/clock.tsx';
import { Badge } from '#components/ui/badge.tsx';
import { Section } from '#components/ui/card.tsx';
import { Words } from '#components/ui/words.tsx';
import type { ChannelHealth } from '#lib/dashboard/index.ts';

/** Which channels can be reached: closed for a while, not set up here, or in order. */
export function ChannelHealthList({ channels }: { channels: readonly ChannelHealth[] }) {
  const t = useTranslations('delivery');
  const missing = [...new Set(channels.flatMap((each) => each.missing ?? []))];
  return (
    <Section id="channels" title={t('channels')}>
      {missing.length > 0 ? (
        <p className="px-4 pt-3 text-[13px] text-ink-2 sm:px-5">{t('notSetUpText')}</p>
      ) : null}
      <ul className="grid gap-px overflow-hidden p-4 sm:grid-cols-2 sm:gap-x-8 sm:px-5 xl:grid-cols-3">
        {channels.map((channel) => (
          <li
            key={channel.channel}
            data-channel={channel.channel}
            className="flex items-start justify-between gap-3 border-b border-line py-2 text-sm"
          >
            <div className="min-w-0">
              <p className="font-medium break-words">
                <Words>{channel.name}</Words>
              </p>
              <p className="text-[13px] text-ink-2">
                {channel.missing
                  ? t.rich('needs', {
                      names: channel.missing,
                      code: (chunks) => <code className="font-mono text-xs break-words">{chunks}</code>,
                    })
                  : channel.openUntil
                    ? t.rich('openText', {
                        failures: channel.failures,
                        until: () => <Instant at={channel.openUntil ?? ''} style="time" />,
                      })
                    : channel.lastDeliveredAt
                      ? t.rich('lastDelivered', { age: () => <Age at={channel.lastDeliveredAt ?? ''} /> })
                      : t('neverDelivered')}
                {channel.waitingCount > 0 ? ` ${t('waiting', { count: channel.waitingCount })}` : null}
              </p>
            </div>
            <ChannelState channel={channel} />
          </li>
        ))}
      </ul>
    </Section>
  );
}

function ChannelState({ channel }: { channel: ChannelHealth }) {
  const t = useTranslations('delivery');
  if (channel.missing) return <Badge>{t('notSetUp')}</Badge>;
  if (channel.openUntil) return <Badge tone="warn">{t('paused')}</Badge>;
  return <Badge tone="pass">{t('inOrder')}</Badge>;
}
