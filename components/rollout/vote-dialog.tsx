'use client';

import { useTranslations } from 'next-intl';
import { ActDialog } from '#components/press/act-dialog.tsx';
import { Notice } from '#components/ui/notice.tsx';
import type { RolloutView } from '#lib/dashboard/index.ts';
import { giveApproval } from '#lib/queries/index.ts';
import type { Decision } from '#lib/rollouts/index.ts';
import { PromotionChanges } from './change-table.tsx';
import { gateLabel } from './gate-words.ts';
import { useWords } from './use-words.ts';

type Shown = Pick<RolloutView, 'promotion' | 'version' | 'getsIt'> & { decision: Decision };

/** A yes or no to leaving the phase, bound to what the reader sees; stale evidence is shown, never signed (PHA-3). */
export function VoteDialog({
  view,
  choice,
  onClose,
}: {
  view: RolloutView;
  choice: 'approve' | 'reject';
  onClose: () => void;
}) {
  const t = useTranslations('approvals');
  const { promotion, version, summary } = view;
  return (
    <ActDialog
      name={`${choice}.${summary.id}`}
      subject={{ promotion, version, decision: summary.decision, getsIt: view.getsIt } satisfies Shown}
      title={({ promotion: { fromPhase: from, toPhase: to } }) =>
        choice === 'reject'
          ? t('rejectQuestion', { from })
          : to === null
            ? t('approveCompleteQuestion', { from })
            : t('approveQuestion', { from, to })
      }
      description={t(choice === 'approve' ? 'approveText' : 'rejectText')}
      submit={{
        label: ({ promotion: { toPhase } }) =>
          t(`${choice}_${toPhase === null ? 'completion' : 'promotion'}`),
        tone: choice === 'approve' ? 'primary' : 'danger',
      }}
      reason={choice === 'approve' ? { label: t('comment'), optional: true } : { label: t('reason') }}
      link={{ label: t('minutesUrl'), invalid: t('linkInvalid') }}
      changed={(shown) => (
        <GatesChanged before={shown.decision} after={summary.decision} names={view.names} />
      )}
      act={(shown, words) =>
        giveApproval(summary.id, {
          choice,
          comment: words.reason,
          ...(words.link === '' ? {} : { minutesUrl: words.link }),
          rolloutVersion: shown.version,
          policyHash: shown.decision.policyHash,
          evidenceHash: shown.decision.evidenceHash,
        })
      }
      done={({ outcome }) => (
        <Notice
          tone="good"
          live
          title={t(
            outcome === 'already_given' ? 'doneAlready' : choice === 'approve' ? 'doneApprove' : 'doneReject',
          )}
        >
          {t('doneText')}
        </Notice>
      )}
      onClose={onClose}
    >
      {(shown) => <PromotionChanges promotion={shown.promotion} getsIt={shown.getsIt} />}
    </ActDialog>
  );
}

/** Which conditions stand differently from when the reader looked. */
function GatesChanged({
  before,
  after,
  names,
}: {
  before: Decision;
  after: Decision;
  names: RolloutView['names'];
}) {
  const t = useTranslations();
  const words = useWords(names);
  const moved = after.gates.flatMap((gate) => {
    const earlier = before.gates.find(({ id }) => id === gate.id);
    return earlier && earlier.state !== gate.state ? [{ gate, earlier }] : [];
  });
  if (moved.length === 0) return <p className="text-[13px] text-ink-2">{t('approvals.noGateChanged')}</p>;
  return (
    <div className="text-[13px]">
      <p className="font-medium">{t('approvals.gatesChanged')}</p>
      <ul className="mt-1 list-disc pl-5">
        {moved.map(({ gate, earlier }) => (
          <li key={gate.id}>
            {t('approvals.gateNow', {
              label: gateLabel(gate, words),
              before: t(`gates.state_${earlier.state}`),
              after: t(`gates.state_${gate.state}`),
            })}
          </li>
        ))}
      </ul>
    </div>
  );
}
