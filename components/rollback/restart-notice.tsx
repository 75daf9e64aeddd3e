'use client';

import { CalendarClock, Play } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { Instant, useNow, useReader } from '#components/clock/clock.tsx';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { ChangeTable } from '#components/rollout/change-table.tsx';
import { Meanwhile, useNewestChange } from '#components/rollout/meanwhile.tsx';
import { Button } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { Protection } from '#lib/dashboard/index.ts';
import { formatSpan } from '#lib/i18n/index.ts';
import { restartRollout } from '#lib/queries/index.ts';

type Canary = NonNullable<Protection['canary']>;

/** Recovered: when the climb may begin again, from where, and the button for it (ROL-5). */
export function RestartNotice({ protection, canary }: { protection: Protection; canary: Canary }) {
  const t = useTranslations('notices');
  const { locale } = useReader();
  const whyId = useId();
  const [open, setOpen] = useState(false);
  const restSeconds = (Date.parse(canary.at) - useNow()) / 1000;
  const why =
    canary.blockedBy === null
      ? null
      : t(`restart_${canary.blockedBy}`, {
          rest: formatSpan(restSeconds, locale),
          roles: canary.roles.map((role) => role[locale]).join(' · '),
        });
  return (
    <>
      <Notice
        tone="good"
        title={
          <span className="inline-flex items-center gap-2">
            <CalendarClock aria-hidden className="size-4" />
            {t('canaryTitle')}
          </span>
        }
      >
        <p>
          {t.rich('canaryText', {
            phase: canary.restartPhase,
            at: () => <Instant at={canary.at} style="dayTime" />,
          })}
        </p>
        <div className="mt-3 flex flex-wrap items-center gap-x-3 gap-y-1.5">
          <Button
            className="max-sm:h-12"
            disabled={why !== null}
            aria-describedby={why ? whyId : undefined}
            onClick={() => setOpen(true)}
          >
            <Play aria-hidden className="size-4" />
            {t('restart', { phase: canary.restartPhase })}
          </Button>
          {why ? (
            <span id={whyId} className="text-[13px]">
              {why}
            </span>
          ) : null}
        </div>
      </Notice>
      {open ? <RestartDialog protection={protection} canary={canary} onClose={() => setOpen(false)} /> : null}
    </>
  );
}

function RestartDialog({
  protection,
  canary,
  onClose,
}: {
  protection: Protection;
  canary: Canary;
  onClose: () => void;
}) {
  const t = useTranslations('notices');
  const { locale } = useReader();
  const { rolloutId, version } = protection;
  const newest = useNewestChange(rolloutId);
  return (
    <ActDialog
      name={`restart.${rolloutId}`}
      subject={{ version, canary, newest }}
      title={(shown) =>
        t('restartTitle', { rollout: protection.label[locale], phase: shown.canary.restartPhase })
      }
      description={t('restartText')}
      submit={{ label: (shown) => t('restart', { phase: shown.canary.restartPhase }), icon: Play }}
      reason={{}}
      act={(shown, { reason }) => restartRollout(rolloutId, { expectedVersion: shown.version, reason })}
      done={(_, shown) => (
        <Notice tone="good" live title={t('restarted', { phase: shown.canary.restartPhase })} />
      )}
      changed={(shown) => <Meanwhile rolloutId={rolloutId} since={shown.newest} />}
      roles={canary.roles}
      onClose={onClose}
    >
      {(shown) => (
        <ChangeTable
          flagChanges={shown.canary.flagChanges}
          from={{ phase: shown.canary.from.phase, reach: shown.canary.from }}
          to={{ phase: shown.canary.restartPhase, reach: shown.canary.to }}
        />
      )}
    </ActDialog>
  );
}
