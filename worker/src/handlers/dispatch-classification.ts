import type { ExecuteJob } from '../execute-job.ts';
import type { Handler } from './handler.ts';

/** A queued classification is one run of the executor, whose record is the ledger. */
export function createDispatchClassificationHandler({
  executeJob,
}: {
  executeJob: ExecuteJob;
}): Handler<'classification.dispatch'> {
  return executeJob;
}
