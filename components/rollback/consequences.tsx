'use client';

import { ArrowRight } from 'lucide-react';
import { useTranslations } from 'next-intl';
import { useAudienceText } from '#components/rollout/phase-timeline.tsx';
import type { FlagChange, FlagValue, RollbackOffer } from '#lib/dashboard/index.ts';

/** What a step back changes, for whom: each flag before and after. */
export function Consequences({ offer }: { offer: RollbackOffer }) {
  const t = useTranslations('rollback');
  const audienceText = useAudienceText();
  const changed = offer.flagChanges.filter((flag) => flag.before !== flag.after);
  const from = audienceText(offer.fromAudience.audience, offer.fromAudience.exposureRatio);
  const to = offer.toAudience ? audienceText(offer.toAudience.audience, offer.toAudience.exposureRatio) : '';
  return (
    <div className="overflow-hidden rounded-md border border-line">
      <table className="w-full text-sm">
        <caption className="sr-only">{t('flags')}</caption>
        <thead className="bg-sunken text-left text-[13px] text-ink-2">
          <tr>
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t('flag')}
            </th>
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t('before')}{' '}
              <span className="block font-mono text-xs font-semibold text-ink">{offer.fromPhase}</span>
            </th>
            <th scope="col" className="px-3 py-1.5 font-medium">
              {t('after')}{' '}
              <span className="block font-mono text-xs font-semibold text-ink">{offer.toPhase}</span>
            </th>
          </tr>
        </thead>
        <tbody className="divide-y divide-line">
          {offer.flagChanges.map((flag) => (
            <FlagRow key={flag.flagKey} flag={flag} />
          ))}
          <tr>
            <th scope="row" className="px-3 py-2 text-left font-normal">
              {t('audience')}
            </th>
            <td className="px-3 py-2">{from}</td>
            <td className="px-3 py-2">
              {from === to ? <span className="text-ink-2">{t('unchanged')}</span> : <Changed>{to}</Changed>}
            </td>
          </tr>
        </tbody>
      </table>
      {changed.length === 0 ? (
        <p className="border-t border-line px-3 py-2 text-[13px] text-ink-2">{t('noFlags')}</p>
      ) : null}
    </div>
  );
}

function FlagRow({ flag }: { flag: FlagChange }) {
  const t = useTranslations('rollback');
  const text = (value: FlagValue | null) => (value === null ? t('unset') : String(value));
  return (
    <tr>
      <th scope="row" className="px-3 py-2 text-left font-mono text-[13px] font-normal break-all">
        {flag.flagKey}
        {flag.alsoControlledBy.length > 0 ? (
          <span className="block font-sans text-xs text-ink-2">
            {t('alsoControlled', { rollouts: flag.alsoControlledBy.join(' · ') })}
          </span>
        ) : null}
      </th>
      <td className="px-3 py-2 font-mono text-[13px]">{text(flag.before)}</td>
      <td className="px-3 py-2 font-mono text-[13px]">
        {flag.before === flag.after ? (
          <span className="font-sans text-ink-2">{t('unchanged')}</span>
        ) : (
          <Changed>{text(flag.after)}</Changed>
        )}
      </td>
    </tr>
  );
}

function Changed({ children }: { children: React.ReactNode }) {
  return (
    <span className="inline-flex items-center gap-1.5 font-semibold">
      <ArrowRight aria-hidden className="size-3.5 text-ink-2" />
      {children}
    </span>
  );
}
