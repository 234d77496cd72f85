import type { MongodbMessage } from './mongodb-frames.ts';

/** The first row that fits names it; `has` are words that only its body has. */
const ROWS: [command: string, has: string, kind: string | null][] = [
  ['hello', '', null],
  ['ping', '', null],
  ['saslStart', '', null],
  ['saslContinue', '', null],
  ['endSessions', '', null],
  ['insert jobs', '', 'insert job'],
  ['update jobs', '$ifNull', 'claim'],
  ['update jobs', 'settledBy', 'settle job'],
  ['update jobs', 'attemptCount', 'fence attempt'],
  ['update jobs', '$unset', 'note as told'],
  ['update jobs', 'enqueuedEpoch', 'take waiting jobs'],
  ['update jobs', 'lapsed', 'bound leases'],
  ['update jobs', 'leaseUntil', 'renew leases'],
  ['findAndModify jobs', '$ifNull', 'claim'],
  ['find jobs', 'claim.token', 'read claimed'],
  ['find jobs', 'waiting', 'look for waiting jobs'],
  ['find jobs', 'finishedAt', 'roll up'],
  ['find jobs', 'createdAt', 'roll up'],
  ['find jobs', 'singleBatch', 'read job'],
  ['insert attempts', '', 'begin attempt'],
  ['update attempts', 'durationMs', 'settle attempt'],
  ['find attempts', 'jobId', 'read attempts'],
  ['find webhooks', '', 'find subscribers'],
  ['update attempts', 'counted', 'count usage'],
  ['find attempts', 'counted', 'count usage'],
  ['update usage_buckets', '', 'count usage'],
  ['update usage_days', '', 'count usage'],
  ['commitTransaction', '', 'count usage'],
];

/** What a command is for; its own name where the table has none, null where it is no work of ours. */
export function toMongodbKind({ command, body }: Pick<MongodbMessage, 'command' | 'body'>): string | null {
  const row = ROWS.find(([name, has]) => name === command && (has === '' || body.includes(has)));
  return row ? row[2] : command || null;
}
