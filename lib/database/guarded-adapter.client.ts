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
  const executeRaw = transaction.executeRaw.bind(transaction);
  const queryRaw = transaction.queryRaw.bind(transaction);
  const commit = transaction.commit.bind(transaction);
  const rollback = transaction.rollback.bind(transaction);
  return Object.assign(transaction, {
    executeRaw: (query: Parameters<typeof executeRaw>[0]) => {
      if (ended) return Promise.reject(new EndedTransactionError());
      if (ENDS_TRANSACTION.test(query.sql)) ended = true;
      return executeRaw(query);
    },
    queryRaw: (query: Parameters<typeof queryRaw>[0]) =>
      ended ? Promise.reject(new EndedTransactionError()) : queryRaw(query),
    commit: () => {
      ended = true;
      return commit();
    },
    rollback: () => {
      ended = true;
      return rollback();
    },
  });
}

/**
 * Prisma's PostgreSQL adapter with one hole closed: when an interactive transaction times out, Prisma 7.10 rolls it
 * back and may still send a later statement over the same connection, which then commits by itself. Here such a
 * statement is refused. Source: architecture decision 15; the reproduction is a permanent test.
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
