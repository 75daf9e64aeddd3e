'use client';

import { QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { ThemeProvider } from 'next-themes';
import { type ReactNode, useState } from 'react';
import { ClockProvider } from '#components/clock/clock.tsx';
import type { Attention, Overview } from '#lib/dashboard/index.ts';
import { queryKeys, RequestFailed } from '#lib/queries/index.ts';
import { LiveProvider } from './live.tsx';

const STALE_MS = 5_000;
const RETRIES = 2;

/** Everything the pages share in the browser: theme, clock, queries and the live stream. */
export function Providers({
  initialNow,
  overview,
  attention,
  children,
}: {
  initialNow: number;
  /** What the server read for the shell; null for whoever is not signed in. */
  overview: Overview | null;
  attention: Attention | null;
  children: ReactNode;
}) {
  const [client] = useState(() => createClient(overview, attention));
  return (
    <ThemeProvider attribute="class" defaultTheme="system" enableSystem disableTransitionOnChange>
      <ClockProvider initialNow={initialNow}>
        <QueryClientProvider client={client}>
          <LiveProvider enabled={overview !== null}>{children}</LiveProvider>
        </QueryClientProvider>
      </ClockProvider>
    </ThemeProvider>
  );
}

function createClient(overview: Overview | null, attention: Attention | null): QueryClient {
  const client = new QueryClient({
    defaultOptions: {
      queries: {
        staleTime: STALE_MS,
        // What is asked for without a network says so instead of waiting, and is asked again when the network is back.
        networkMode: 'always',
        refetchOnReconnect: true,
        // What the server refused it refuses again, and who has waited for long is told at once; only an unreachable or
        // broken server is worth another try.
        retry: (failures, error) =>
          failures < RETRIES &&
          !(
            error instanceof RequestFailed &&
            ((error.status >= 400 && error.status < 500) || error.code === 'no_answer')
          ),
      },
      // A press while the network is away fails there and then. The default would keep it and send it once the network is
      // back: a rollback minutes after its dialog was closed.
      mutations: { networkMode: 'always' },
    },
  });
  if (overview) client.setQueryData(queryKeys.overview(), overview);
  if (attention) client.setQueryData(queryKeys.attention(), attention);
  return client;
}
