import type { Client } from '@understudy/shared/contracts/client';
import type { RotatedSecret } from '@understudy/shared/contracts/webhook';
import { ForbiddenError, NotFoundError } from '@understudy/shared/errors';
import { createSigningSecret, rotateSecrets } from '@understudy/shared/secrets/webhook-secret';
import {
  findClient,
  listClients as findPage,
  writeClientSecrets,
} from '@understudy/shared/store/clients/clients';
import { toClientSecretPlace } from '@understudy/shared/store/clients/model';
import { inTransaction } from '@understudy/shared/store/transaction';
import type { Context } from '../../context.ts';
import { readPage, type PageQuery } from '../../http/cursor.ts';
import { toVisibleClient, type Viewer } from '../../http/viewer.ts';
import { auditChange, type Change } from '../audit/audit-change.ts';

/** A page of clients, newest first; without `admin` one's own only. */
export async function listClients(
  ctx: Context,
  { viewer, ...query }: PageQuery & { viewer: Viewer },
): Promise<{ data: Client[]; nextCursor: string | null }> {
  const name = toVisibleClient(viewer);
  const { items, nextCursor } = await readPage(query, 'cli', (page) =>
    findPage(ctx.store, { ...page, name }),
  );
  return {
    data: items.map(({ name, createdAt }) => ({ name, createdAt: createdAt.toISOString() })),
    nextCursor,
  };
}

/**
 * Gives a client a new secret, which signs what the addresses of its jobs get; shown here and never again. The one before
 * signs beside it for 24 h. @throws {ForbiddenError} for another client without `admin`; {NotFoundError}.
 */
export async function rotateClientSecret(
  ctx: Context,
  { name, ...change }: Change & { name: string },
): Promise<RotatedSecret> {
  const { store, clock, keyRing } = ctx;
  const visible = toVisibleClient(change.viewer);
  if (visible !== null && visible !== name) throw new ForbiddenError('admin');
  return inTransaction(store, async (session) => {
    const client = await findClient(store, name, session);
    if (!client) throw new NotFoundError('not_found', 'There is no such client.');
    const now = new Date(clock.now());
    const { secret, stored } = createSigningSecret(keyRing, toClientSecretPlace(client._id), now);
    const { secrets, previousValidUntil } = rotateSecrets(client.secrets, stored, now);
    await writeClientSecrets(store, client._id, secrets, session);
    const target = { kind: 'client', id: client._id, name };
    const counts = { before: { secrets: client.secrets.length }, after: { secrets: secrets.length } };
    await auditChange(ctx, change, { action: 'client.secret_rotated', target, ...counts }, session);
    return { secret, previousValidUntil: previousValidUntil?.toISOString() ?? null };
  });
}
