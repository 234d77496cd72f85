import { USAGE_CSV_COLUMNS, type FleetUsageQuery } from '@understudy/shared/contracts/usage';
import { readUsageRows, type UsageRow } from '@understudy/shared/store/usage/read-usage-rows';
import { toUsageSpan } from '@understudy/shared/store/usage/to-usage-range';
import type { Context } from '../../context.ts';
import { toCsvLine } from '../../http/csv.ts';
import type { Viewer } from '../../http/viewer.ts';
import { inStoreTime } from '../../in-store-time.ts';
import { assertMaySee, findUsed, toShown } from './read.ts';

interface UsageExport {
  fileName: string;
  chunks: AsyncIterable<string>;
}

/** How the API names a health check that calls a model. */
const PURPOSES = { job: 'job', test: 'test', drill: 'drill', health: 'check' } as const;

/**
 * Usage as CSV, made while it is sent: a row per hour or day, provider, model, client and purpose, so tests, drills and
 * deep checks are among the rows and their sum is the bill. @throws as `readUsageOf`, before the first line.
 */
export async function exportUsage(
  ctx: Context,
  { viewer, query: { provider, ...query } }: { viewer: Viewer; query: FleetUsageQuery },
): Promise<UsageExport> {
  assertMaySee(viewer, query.client);
  const used = provider === undefined ? null : await findUsed(ctx, provider);
  const span = toUsageSpan(query, ctx.clock.now());
  const filter = { model: query.model, client: query.client, providerId: used?._id };
  const names = await inStoreTime(readNames(ctx));
  const days = [span.from, span.to].map((at) => at.toISOString().slice(0, 10));
  return {
    // A name is made of what any file system takes.
    fileName: ['usage', ...(used ? [used.name] : []), ...days].join('_') + '.csv',
    chunks: writeLines(names, readUsageRows(ctx.store, filter, span, { isShown: toShown(viewer) })),
  };
}

async function readNames({ store }: Context): Promise<Map<string, string>> {
  const found = await store.providers.find({}, { name: 1 }).lean();
  return new Map(found.map(({ _id, name }) => [_id, name]));
}

async function* writeLines(
  names: ReadonlyMap<string, string>,
  steps: AsyncIterable<UsageRow[]>,
): AsyncGenerator<string> {
  let text = toCsvLine(USAGE_CSV_COLUMNS);
  for await (const rows of steps) {
    for (const row of rows) text += toLine(row, names.get(row.providerId) ?? row.providerId);
    yield text;
    text = '';
  }
  if (text !== '') yield text;
}

function toLine(row: UsageRow, provider: string): string {
  const cells = { ...row, provider, purpose: PURPOSES[row.purpose] };
  return toCsvLine(USAGE_CSV_COLUMNS.map((column) => cells[column]));
}
