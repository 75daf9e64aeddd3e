'use client';

import { ArrowRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import type { ReactNode } from 'react';
import { useReader } from '#components/clock/clock.tsx';
import type { FlagChange, FlagValue, GetsIt, PromotionView, RolloutView } from '#lib/dashboard/index.ts';
import { formatShare } from '#lib/i18n/index.ts';
import { useAudienceText } from './phase-timeline.tsx';

type Reach = PromotionView['from'];

/** What a step changes for whom: each flag and the people it reaches, before and after. */
export function ChangeTable({
  flagChanges,
  from,
  to,
  getsIt,
}: {
  flagChanges: readonly FlagChange[];
  from: { phase: string | null; reach: Reach | null };
  to: { phase: string | null; reach: Reach | null };
  /** Who gets the flags, worked out for made-up people, before and after. */
  getsIt?: { before: readonly GetsIt[]; after: readonly GetsIt[] | null };
}) {
  const t = useTranslations('change');
  const audienceText = useAudienceText();
  const people = (reach: Reach | null) =>
    reach ? audienceText(reach.audience, reach.exposureRatio) : t('unset');
  const value = (each: FlagValue | null) => (each === null ? t('unset') : String(each));
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <table className="w-full text-sm">
        <caption className="sr-only">{t('caption')}</caption>
        <thead className="bg-sunken text-left text-[13px] text-ink-2">
          <tr>
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t('flag')}
            </th>
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t('before')}{' '}
              <span className="block font-mono text-xs font-semibold text-ink">{from.phase}</span>
            </th>
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t('after')} <span className="block font-mono text-xs font-semibold text-ink">{to.phase}</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {flagChanges.map((flag) => (
            <tr key={flag.flagKey}>
              <th scope="row" className="px-3 py-2 text-left font-mono text-[13px] font-normal break-all">
                {flag.flagKey}
                {flag.alsoControlledBy.length > 0 ? (
                  <span className="block font-sans text-xs break-normal wrap-anywhere text-ink-2">
                    {t('alsoControlled', { rollouts: flag.alsoControlledBy.join(' · ') })}
                  </span>
                ) : null}
              </th>
              <Pair before={value(flag.before)} after={value(flag.after)} mono />
            </tr>
          ))}
          <tr>
            <th scope="row" className="px-3 py-2 text-left font-normal">
              {t('audience')}
            </th>
            <Pair before={people(from.reach)} after={people(to.reach)} />
          </tr>
        </tbody>
      </table>
      {flagChanges.every(({ before, after }) => before === after) ? (
        <p className="border-t border-line px-3 py-2 text-[13px] text-ink-2">{t('noFlags')}</p>
      ) : null}
      {getsIt?.after ? <WhoGetsIt before={getsIt.before} after={getsIt.after} /> : null}
    </div>
  );
}

/** What the step comes to for people: other rollouts may hold a flag back, however large the audience. */
function WhoGetsIt({ before, after }: { before: readonly GetsIt[]; after: readonly GetsIt[] }) {
  const t = useTranslations('change');
  const { locale } = useReader();
  const moved = before.flatMap((was) => {
    const then = after.find(({ flagKey, circle }) => flagKey === was.flagKey && circle === was.circle);
    return then && then.ratio !== was.ratio ? [{ was, then }] : [];
  });
  return (
    <div className="border-t border-line px-3 py-2 text-[13px]">
      <p className="text-ink-2">{t('getsIt')}</p>
      {moved.length === 0 ? (
        <p>{t('getsItSame')}</p>
      ) : (
        <ul className="tabular-nums">
          {moved.map(({ was, then }) => (
            <li key={`${was.flagKey} ${was.circle}`}>
              {t('getsItMoved', {
                circle: t(`circle_${was.circle}`),
                flag: was.flagKey,
                before: formatShare(was.ratio, locale),
                after: formatShare(then.ratio, locale),
              })}
            </li>
          ))}
        </ul>
      )}
    </div>
  );
}

function Pair({ before, after, mono }: { before: string; after: string; mono?: boolean }) {
  const t = useTranslations('change');
  const look = mono ? 'font-mono text-[13px]' : '';
  const unchanged: ReactNode = <span className="font-sans text-ink-2">{t('unchanged')}</span>;
  return (
    <>
      <td className={`px-3 py-2 ${look}`}>{before}</td>
      <td className={`px-3 py-2 ${look}`}>
        {before === after ? (
          unchanged
        ) : (
          <span className="inline-flex items-center gap-1.5 font-semibold">
            <ArrowRight aria-hidden className="size-3.5 shrink-0 text-ink-2" />
            {after}
          </span>
        )}
      </td>
    </>
  );
}

/** What the next promotion changes; nothing for the last one, which only ends the climb. */
export function PromotionChanges({
  promotion,
  getsIt,
}: {
  promotion: PromotionView;
  getsIt: RolloutView['getsIt'];
}) {
  if (promotion.kind !== 'promote') return null;
  return (
    <ChangeTable
      flagChanges={promotion.flagChanges}
      from={{ phase: promotion.fromPhase, reach: promotion.from }}
      to={{ phase: promotion.toPhase, reach: promotion.to }}
      getsIt={{ before: getsIt.now, after: getsIt.afterPromotion }}
    />
  );
}
