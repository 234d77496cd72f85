import type { ExecuteJob } from '../execute-job.ts';
import type { Handler } from './handler.ts';

/** A queued classification is one run of the executor, whose record is the ledger. `onDispatched` hears of its end. */
export function createDispatchClassificationHandler({
  executeJob,
  onDispatched,
}: {
  executeJob: ExecuteJob;
  onDispatched: () => void;
}): Handler<'classification.dispatch'> {
  return (payload) => executeJob(payload).finally(onDispatched);
}
