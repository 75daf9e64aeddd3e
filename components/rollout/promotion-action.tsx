'use client';

import { ArrowUpRight, CheckCheck, Flag } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useId, useState } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { useAct } from '#components/press/use-act.ts';
import { Button } from '#components/ui/button.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { RolloutView } from '#lib/dashboard/index.ts';
import { formatInstant, zoneName } from '#lib/i18n/index.ts';
import { promote, type Stepped, startRollout } from '#lib/queries/index.ts';
import { ChangeTable, PromotionChanges } from './change-table.tsx';
import { Meanwhile, useNewestChange } from './meanwhile.tsx';

/** Where a step back has been made and the climb has not begun again. */
const AFTER_ROLLBACK: ReadonlySet<RolloutView['summary']['state']> = new Set([
  'rolling_back',
  'watching',
  'awaiting_canary',
]);

/** Promote, Complete or Start, whichever comes next; disabled only with its reason said (DASH-5). */
export function PromotionAction({ view }: { view: RolloutView }) {
  const t = useTranslations('promotion');
  const { locale } = useReader();
  // What was asked stays on screen until it is closed, whatever becomes of the page behind.
  const [started, setStarted] = useState(view.start);
  const whyId = useId();
  const { start, promotion, summary, names } = view;
  const ended = summary.state === 'completed' || summary.resumeState === 'completed';
  const offer = start ?? promotion;
  const roles = offer.allowedRoles.map((role) => names.roles[role]?.[locale] ?? role).join(' · ');
  const place = summary.resumeState ?? summary.state;
  const why =
    offer.blockedBy === null
      ? null
      : offer.blockedBy === 'gates' && AFTER_ROLLBACK.has(place)
        ? t('blocked_after_rollback')
        : t(`blocked_${offer.blockedBy}`, { roles });
  const Icon = start ? Flag : promotion.kind === 'promote' ? ArrowUpRight : CheckCheck;
  const [act, setAct] = useAct(['promote', 'start'], summary.phase, () => why === null);
  const close = () => setAct(null);
  return (
    <>
      {ended ? null : (
        <div className="flex flex-col gap-1.5 sm:flex-row-reverse sm:items-center sm:gap-3">
          <Button
            tone={why ? 'plain' : 'primary'}
            className="max-sm:h-12 max-sm:w-full"
            disabled={why !== null}
            aria-describedby={why ? whyId : undefined}
            onClick={() => {
              setStarted(start);
              setAct(start ? 'start' : 'promote');
            }}
          >
            <Icon aria-hidden className="size-4" />
            {start
              ? t('start', { to: start.phase })
              : promotion.toPhase === null
                ? t('complete')
                : t('promote', { to: promotion.toPhase })}
          </Button>
          {why ? (
            <p id={whyId} className="text-[13px] text-ink-2 sm:max-w-64">
              {why}
            </p>
          ) : null}
        </div>
      )}
      {act === 'promote' ? <PromotionDialog view={view} onClose={close} /> : null}
      {act === 'start' && started ? <StartDialog view={view} start={started} onClose={close} /> : null}
    </>
  );
}

function PromotionDialog({ view, onClose }: { view: RolloutView; onClose: () => void }) {
  const t = useTranslations('promotion');
  const { locale } = useReader();
  const { summary, version, promotion } = view;
  const newest = useNewestChange(summary.id);
  const rollout = summary.label[locale];
  return (
    <ActDialog
      name={`promote.${summary.id}`}
      subject={{
        promotion,
        version,
        evidenceHash: summary.decision.evidenceHash,
        newest,
        getsIt: view.getsIt,
      }}
      title={({ promotion: { kind, fromPhase: from, toPhase } }) =>
        t(kind === 'promote' ? 'promoteQuestion' : 'completeQuestion', { rollout, from, to: toPhase ?? from })
      }
      description={t(promotion.kind === 'promote' ? 'promoteText' : 'completeText')}
      submit={{
        label: ({ promotion: { toPhase } }) =>
          toPhase === null ? t('complete') : t('promote', { to: toPhase }),
      }}
      reason={{
        presets: (['evidence', 'meeting'] as const).map((preset) => t(`preset_${preset}`)),
      }}
      act={(shown, { reason }) =>
        promote(summary.id, {
          fromPhase: shown.promotion.fromPhase,
          expectedVersion: shown.version,
          evidenceHash: shown.evidenceHash,
          reason,
        })
      }
      done={(answer) => <Promoted view={view} answer={answer} />}
      changed={(shown) => <Meanwhile rolloutId={summary.id} since={shown.newest} />}
      gone={() => view.promotion.blockedBy !== null}
      onClose={onClose}
    >
      {(shown) => <PromotionChanges promotion={shown.promotion} getsIt={shown.getsIt} />}
    </ActDialog>
  );
}

/** What came of it, kept current: made, then read back. */
function Promoted({ view, answer }: { view: RolloutView; answer: Stepped }) {
  const t = useTranslations('promotion');
  const { locale, zone } = useReader();
  const to = answer.change.toPhase;
  const change = view.changes.find(({ id }) => id === answer.change.id);
  if (answer.outcome === 'completed') return <Notice tone="good" live title={t('completed', { to })} />;
  const already = answer.outcome === 'already_done' ? t('already') : undefined;
  if (change?.proof === 'failed')
    return (
      <Notice tone="bad" live title={t('unproven', { to })}>
        {already}
      </Notice>
    );
  if (change?.proof === 'proven' && change.provenAt) {
    const at = `${formatInstant(change.provenAt, 'time', locale, zone)} ${zoneName(zone)}`;
    return (
      <Notice tone="good" live title={t('proven', { to, at })}>
        {already}
      </Notice>
    );
  }
  return (
    <Notice tone="info" live title={t('proving', { to })}>
      {already}
    </Notice>
  );
}

function StartDialog({
  view,
  start,
  onClose,
}: {
  view: RolloutView;
  start: NonNullable<RolloutView['start']>;
  onClose: () => void;
}) {
  const t = useTranslations('promotion');
  const { locale } = useReader();
  const { summary, version } = view;
  const newest = useNewestChange(summary.id);
  return (
    <ActDialog
      name={`start.${summary.id}`}
      subject={{ start, version, newest, getsIt: view.getsIt }}
      title={(shown) => t('startQuestion', { rollout: summary.label[locale], to: shown.start.phase })}
      description={t('startText')}
      submit={{ label: (shown) => t('start', { to: shown.start.phase }) }}
      reason={{}}
      act={(shown, { reason }) => startRollout(summary.id, { expectedVersion: shown.version, reason })}
      done={({ outcome }, shown) => (
        <Notice tone="good" live title={t('started', { to: shown.start.phase })}>
          {outcome === 'already_done' ? t('already') : undefined}
        </Notice>
      )}
      changed={(shown) => <Meanwhile rolloutId={summary.id} since={shown.newest} />}
      gone={() => view.start === null}
      onClose={onClose}
    >
      {(shown) => (
        <ChangeTable
          flagChanges={shown.start.flagChanges}
          from={{ phase: null, reach: null }}
          to={{ phase: shown.start.phase, reach: shown.start.to }}
          getsIt={{ before: shown.getsIt.now, after: shown.getsIt.afterPromotion }}
        />
      )}
    </ActDialog>
  );
}
