'use client';

/** The shell itself failed, for example without a database: no texts, no theme, both languages at once. */
export default function GlobalError({
  error,
  reset,
}: {
  error: Error & { digest?: string };
  reset: () => void;
}) {
  return (
    <html lang="ja">
      <body
        style={{
          fontFamily: 'sans-serif',
          margin: '4rem auto',
          maxWidth: '32rem',
          padding: '0 1rem',
          lineHeight: 1.6,
        }}
      >
        <h1 style={{ fontSize: '1.25rem' }}>Phasegate を表示できません</h1>
        <p>データベースに接続できない可能性があります。少し待ってから、もう一度試してください。</p>
        <div lang="en">
          <p>Phasegate cannot be shown. Its database may be unreachable. Wait a moment and try again.</p>
        </div>
        {error.digest ? <p style={{ fontFamily: 'monospace' }}>ID {error.digest}</p> : null}
        <button type="button" onClick={reset} style={{ font: 'inherit', padding: '0.5rem 1rem' }}>
          もう一度試す / Try again
        </button>
      </body>
    </html>
  );
}
