import { PrismaPg } from '@prisma/adapter-pg';

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type Transaction = Awaited<ReturnType<Adapter['startTransaction']>>;

const ENDS_TRANSACTION = /^\s*(COMMIT|ROLLBACK)\s*;?\s*$/i;

/** A statement reached the connection after its transaction had ended. */
export class EndedTransactionError extends Error {
  override readonly name = 'EndedTransactionError';
  constructor() {
    super('refused: this transaction has already been committed or rolled back');
  }
}

function guardTransaction(transaction: Transaction): Transaction {
  let ended = false;
  let last: Promise<unknown> = Promise.resolve();
  const inTurn = <T>(send: () => Promise<T>): Promise<T> => {
    const sent = last.then(send);
    last = sent.catch(() => undefined); // whoever sent it hears of it; the next one has its turn all the same
    return sent;
  };
  const executeRaw = transaction.executeRaw.bind(transaction);
  const queryRaw = transaction.queryRaw.bind(transaction);
  const commit = transaction.commit.bind(transaction);
  const rollback = transaction.rollback.bind(transaction);
  return Object.assign(transaction, {
    executeRaw: (query: Parameters<typeof executeRaw>[0]) => {
      if (ended) return Promise.reject(new EndedTransactionError());
      if (ENDS_TRANSACTION.test(query.sql)) ended = true;
      return inTurn(() => executeRaw(query));
    },
    queryRaw: (query: Parameters<typeof queryRaw>[0]) =>
      ended ? Promise.reject(new EndedTransactionError()) : inTurn(() => queryRaw(query)),
    commit: () => {
      ended = true;
      return inTurn(commit);
    },
    rollback: () => {
      ended = true;
      return inTurn(rollback);
    },
  });
}

/**
 * Prisma's PostgreSQL adapter with two holes closed. When an interactive transaction times out, Prisma 7.10 rolls it
 * back and may still send a later statement over the same connection, which then commits by itself: here such a
 * statement is refused. And Prisma reads several relations of a row side by side, which over the one connection of a
 * transaction is a statement sent before the answer to the last: pg 8 warns of that and pg 9 refuses it, so here each
 * waits for its turn. Source: architecture decision 15; both reproductions are permanent tests.
 */
export class GuardedPrismaPg extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const startTransaction = adapter.startTransaction.bind(adapter);
    return Object.assign(adapter, {
      startTransaction: async (...args: Parameters<typeof startTransaction>) =>
        guardTransaction(await startTransaction(...args)),
    });
  }
}
