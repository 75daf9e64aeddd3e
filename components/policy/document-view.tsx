import { Check } from 'lucide-react';
import Link from 'next/link';
import { useTranslations } from 'next-intl';
import { Fragment } from 'react';
import { Section } from '#components/ui/card.tsx';
import { Cell, HeaderCell, Row, Table, TableHead } from '#components/ui/table.tsx';
import { type Block, type DocumentSection, MARK, type Piece, type Text } from './document.ts';

/** The policy as a document: everything is open, so that searching and printing find all of it. */
export function DocumentView({ sections }: { sections: readonly DocumentSection[] }) {
  const t = useTranslations('policyPage');
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] items-start gap-5 lg:grid-cols-[13rem_minmax(0,1fr)]">
      <nav aria-label={t('contents')} className="text-sm lg:sticky lg:top-20 print:hidden">
        <h2 className="text-[13px] font-medium text-ink-2">{t('contents')}</h2>
        <ul className="mt-1 flex flex-wrap gap-x-4 lg:grid">
          {sections.map(({ id, title }) => (
            <li key={id}>
              <a
                href={`#${id}`}
                className="inline-flex min-h-8 items-center text-accent underline-offset-2 hover:underline max-lg:min-h-11"
              >
                {title}
              </a>
            </li>
          ))}
        </ul>
      </nav>
      <div className="grid grid-cols-[minmax(0,1fr)] gap-5">
        {sections.map((section) => (
          <Section key={section.id} id={section.id} title={<Title section={section} />}>
            <div className="divide-y divide-line">
              {section.blocks.length > 0 ? <Blocks blocks={section.blocks} /> : null}
              {section.parts.map((part) => (
                <div key={part.id}>
                  <h3 id={part.id} className="px-4 pt-4 text-sm font-semibold sm:px-5">
                    <Title section={part} />
                  </h3>
                  <Blocks blocks={part.blocks} />
                </div>
              ))}
            </div>
          </Section>
        ))}
      </div>
    </div>
  );
}

function Title({ section: { title, code } }: { section: DocumentSection }) {
  return (
    <>
      {title}
      {code !== undefined && code !== title ? (
        <code className="ml-2 font-mono text-[13px] font-normal break-all text-ink-2">{code}</code>
      ) : null}
    </>
  );
}

function Blocks({ blocks }: { blocks: readonly Block[] }) {
  return (
    <div className="grid grid-cols-[minmax(0,1fr)] gap-4 px-4 py-4 text-sm sm:px-5">
      {blocks.map((block, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks have no other name and never change places
        <BlockView key={i} block={block} />
      ))}
    </div>
  );
}

function BlockView({ block }: { block: Block }) {
  switch (block.kind) {
    case 'paragraph':
      return (
        <p className="max-w-prose text-ink-2">
          <TextView text={block.text} />
        </p>
      );
    case 'list':
      return (
        <div>
          <p className="font-medium">{block.label}</p>
          <ul className="mt-1 list-disc pl-5">
            {block.items.map((item, i) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: items have no other name and never change places
              <li key={i} className="py-0.5">
                <TextView text={item} />
              </li>
            ))}
          </ul>
        </div>
      );
    case 'facts':
      return (
        <dl className="grid gap-x-4 gap-y-2 sm:grid-cols-[minmax(9rem,14rem)_minmax(0,1fr)]">
          {block.rows.map(({ term, value }) => (
            <Fragment key={term}>
              <dt className="text-ink-2 max-sm:-mb-1.5 max-sm:text-[13px]">{term}</dt>
              <dd className="min-w-0 break-words">
                <TextView text={value} />
              </dd>
            </Fragment>
          ))}
        </dl>
      );
    case 'table':
      return (
        <div className="rounded-md border border-line">
          <Table caption={block.caption}>
            <TableHead>
              {block.head.map((cell) => (
                <HeaderCell key={cell}>{cell}</HeaderCell>
              ))}
            </TableHead>
            <tbody>
              {block.rows.map((row, i) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: rows have no other name and never change places
                <Row key={i}>
                  {row.map((cell, column) =>
                    column === 0 ? (
                      <th
                        // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its column
                        key={column}
                        scope="row"
                        className="min-w-36 px-3 py-1.5 text-left align-top font-medium"
                      >
                        <TextView text={cell} />
                      </th>
                    ) : (
                      // biome-ignore lint/suspicious/noArrayIndexKey: a cell is known by its column
                      <Cell key={column} className="align-top">
                        <TextView text={cell} />
                      </Cell>
                    ),
                  )}
                </Row>
              ))}
            </tbody>
          </Table>
        </div>
      );
  }
}

function TextView({ text }: { text: Text }) {
  return text.map((piece, i) => (
    // biome-ignore lint/suspicious/noArrayIndexKey: pieces have no other name and never change places
    <PieceView key={i} piece={piece} />
  ));
}

const LINK = 'text-accent underline underline-offset-2 hover:no-underline';

function PieceView({ piece }: { piece: Piece }) {
  const t = useTranslations('policyDoc');
  if (piece === MARK)
    return (
      <>
        <Check aria-hidden className="size-4 text-pass" />
        <span className="sr-only">{t('may')}</span>
      </>
    );
  if (typeof piece === 'string') return piece;
  const shown = piece.code ? (
    <code className="font-mono text-[13px] break-all">{piece.text}</code>
  ) : (
    piece.text
  );
  if (piece.href === undefined) return shown;
  return piece.href.startsWith('#') ? (
    <a href={piece.href} className={LINK}>
      {shown}
    </a>
  ) : (
    <Link href={piece.href} className={LINK}>
      {shown}
    </Link>
  );
}
