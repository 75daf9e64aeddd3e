import { useTranslations } from 'next-intl';
import { Instant } from '#components/clock/clock.tsx';
import { Section } from '#components/ui/card.tsx';
import { CodeBlock } from '#components/ui/code-block.tsx';
import { langOf } from '#components/ui/lang-of.ts';
import { Notice } from '#components/ui/notice.tsx';
import { POLICY_FILES, type PolicyVersionText } from '#lib/policy/index.ts';
import { shortHash } from './versions.tsx';

/** One version as it was written, and each time it came into force. */
export function VersionText({ text, inForce }: { text: PolicyVersionText; inForce: string }) {
  const t = useTranslations('policyPage');
  return (
    <Section id="version" title={t('version', { hash: shortHash(text.hash) })}>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-4 px-4 py-4 text-sm sm:px-5">
        {text.hash === inForce ? null : <Notice title={t('oldVersion', { hash: shortHash(text.hash) })} />}
        <ul className="grid gap-1">
          {text.adoptions.map((adoption) => (
            <li key={adoption.at}>
              {t('when')}: <Instant at={adoption.at} style="minute" />,{' '}
              {adoption.author === '' ? t('byNobody') : t('by', { author: adoption.author })}
              {adoption.note === '' ? null : <span lang={langOf(adoption.note)}>: {adoption.note}</span>}
            </li>
          ))}
        </ul>
        {POLICY_FILES.filter((file) => text.files[file] !== '').map((file) => (
          <div key={file}>
            <h3 className="font-mono text-[13px] font-semibold">governance/{file}</h3>
            <CodeBlock
              text={text.files[file]}
              label={t('rawOf', { hash: `${shortHash(text.hash)} ${file}` })}
            />
          </div>
        ))}
      </div>
    </Section>
  );
}
