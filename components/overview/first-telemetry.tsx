'use client';

import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { useNow } from '#components/clock/clock.tsx';
import { Card } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';

const MINUTE_MS = 60_000;

/** An event that would be counted now, in a phase that exists. */
function sampleEvent(phase: string, now: number): string {
  return JSON.stringify({
    ts: new Date(Math.floor(now / MINUTE_MS) * MINUTE_MS).toISOString(),
    component: 'autosave',
    event: 'autosave.save.completed',
    feature: 'autosave',
    phase,
    duration_ms: 420,
    bytes: 2048,
    lease_id: 'l-1',
    retry_count: 0,
    retryable: false,
  });
}

/** What to do while no telemetry has ever arrived: drop files, or send them. */
export function FirstTelemetry({
  sources,
  phase,
  appUrl,
  canMakeKeys,
}: {
  sources: readonly string[];
  /** A phase that some rollout is in. */
  phase: string;
  appUrl: string;
  canMakeKeys: boolean;
}) {
  const t = useTranslations('overview');
  const now = useNow();
  const curl = [
    `curl -X POST ${appUrl}/api/v1/events \\`,
    "  -H 'Authorization: Bearer <API_KEY>' \\",
    "  -H 'Content-Type: application/x-ndjson' \\",
    "  -H 'Idempotency-Key: first-batch' \\",
    `  --data-binary '${sampleEvent(phase, now)}'`,
  ].join('\n');
  return (
    <Card className="p-4 sm:p-5">
      <h2 className="text-lg font-semibold">{t('noneYetTitle')}</h2>
      <p className="mt-1 text-sm text-ink-2">{t('noneYetText')}</p>
      <div className="mt-5 grid gap-6 lg:grid-cols-2">
        <div className="min-w-0">
          <h3 className="font-semibold">{t('filesTitle')}</h3>
          <p className="mt-1 text-sm text-ink-2">{t('filesText')}</p>
          <CodeBlock text={sources.join('\n')} label={t('filesTitle')} />
        </div>
        <div className="min-w-0">
          <h3 className="font-semibold">{t('postTitle')}</h3>
          <p className="mt-1 text-sm text-ink-2">{t('postText')}</p>
          <CodeBlock text={curl} label={t('postTitle')} />
          <p className="mt-2 text-sm text-ink-2">
            {canMakeKeys ? (
              <>
                {t('keyText')}{' '}
                <Link href="/admin" className="font-medium text-accent underline underline-offset-2">
                  {t('keyLink')}
                </Link>
              </>
            ) : (
              t('keyAsk')
            )}
          </p>
        </div>
      </div>
    </Card>
  );
}
