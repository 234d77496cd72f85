import type { ClassificationResult, ProviderReference } from '@understudy/shared/contracts/classification';
import type { AttemptEnd } from '@understudy/shared/store/attempts/model';
import type { JobDocument, Rejection } from '@understudy/shared/store/jobs/model';

/** How one dispatch of a job ended; `lost` where the claim is gone and nothing may be written of it. */
export type DispatchEnd =
  | (Pick<JobDocument, 'degraded' | 'stoodIn'> & {
      kind: 'succeeded';
      result: ClassificationResult;
      provider: ProviderReference;
    })
  | { kind: 'failed'; error: NonNullable<JobDocument['error']> }
  | { kind: 'deferred'; deferred: NonNullable<JobDocument['deferred']> }
  | { kind: 'lost' };

export interface DispatchReport {
  end: DispatchEnd;
  passedOver: JobDocument['passedOver'];
  /** Who is not to be asked again while the job waits. */
  rejectedBy: Rejection[];
  /** What was tried, in order of end; all of it is settled, or as good as the ledger lets it be. */
  attempts: AttemptEnd[];
}
