import { toHosts } from '../net/to-hosts.ts';
import { writeAudit } from '../store/audit/write-audit.ts';
import { connectStore, type Store } from '../store/connect.ts';
import { createLoginLink } from '../store/login-links/create-login-link.ts';
import { runMigrations } from '../store/migrations/run-migrations.ts';
import { inTransaction } from '../store/transaction.ts';
import { StartError } from '../errors.ts';

/** Does one thing with the ledger and leaves it. @throws {StartError} where it cannot be reached */
export async function withStore<T>(mongodbUri: string, use: (store: Store) => Promise<T>): Promise<T> {
  const store = await connectStore({ mongodbUri }).catch((error: Error) => {
    throw new StartError(
      `MongoDB at ${toHosts(mongodbUri)} cannot be used (see MONGODB_URI): ${error.message}`,
    );
  });
  try {
    return await use(store);
  } finally {
    await store.close();
  }
}

/** Brings the ledger's schema up to date. @throws the signal's reason, between two steps, once that is aborted. */
export async function migrateLedger(mongodbUri: string, signal: AbortSignal): Promise<void> {
  await withStore(mongodbUri, (store) => runMigrations(store, { signal }));
}

/** Whoever may read the installation's files. */
const OPERATOR = { tokenId: null, name: 'operator' };

/** Makes a link that opens the console once, without a token; that it was made is on the audit log. */
export async function createConsoleLink(
  mongodbUri: string,
  publicUrl: string,
): Promise<{ link: string; expiresAt: Date }> {
  const { code, expiresAt } = await withStore(mongodbUri, async (store) => {
    const link = await createLoginLink(store);
    const row = {
      actor: OPERATOR,
      action: 'login_link.created',
      target: { kind: 'login_link', id: 'console', name: 'console' },
      before: null,
      after: { expiresAt: link.expiresAt.toISOString() },
      requestId: null,
    };
    await inTransaction(store, (session) => writeAudit(store, row, session));
    return link;
  });
  return { link: `${publicUrl}/login#${code}`, expiresAt };
}
