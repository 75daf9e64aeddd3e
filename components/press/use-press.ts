'use client';

import { type UseMutationResult, useMutation, useQueryClient } from '@tanstack/react-query';
import { useRef } from 'react';
import { queryKeys, RequestFailed } from '#lib/queries/index.ts';

type Press<I, O> = UseMutationResult<O, Error, I> & {
  /** Sends it once; a second press while the first is under way does nothing. */
  press: (input: I) => void;
};

/**
 * A press of a button that changes something. What pages show is read again whatever came of it.
 */
export function usePress<I, O>(send: (input: I) => Promise<O>): Press<I, O> {
  const client = useQueryClient();
  const underWay = useRef(false);
  const reload = () =>
    Promise.all([
      client.invalidateQueries({ queryKey: queryKeys.overview() }),
      client.invalidateQueries({ queryKey: queryKeys.rollouts() }),
      client.invalidateQueries({ queryKey: queryKeys.deliveries() }),
      client.invalidateQueries({ queryKey: queryKeys.incidents() }),
    ]);
  const mutation = useMutation({
    mutationFn: send,
    onSuccess: () => {
      void reload();
    },
    onError: async (error) => {
      const reloaded = reload();
      // Where things have moved, the next press must be about how they are now.
      if (error instanceof RequestFailed && error.status === 409) await reloaded;
    },
    onSettled: () => {
      underWay.current = false;
    },
  });
  return {
    ...mutation,
    press: (input) => {
      if (underWay.current) return;
      underWay.current = true;
      mutation.mutate(input);
    },
  };
}
