import type { WebhookEvent } from '@understudy/shared/contracts/webhook';
import { toVersionId } from '@understudy/shared/store/classifiers/model';
import { readClassifierFacts } from '@understudy/shared/store/classifiers/read-classifier';
import type { Store } from '@understudy/shared/store/connect';
import type { JobDocument } from '@understudy/shared/store/jobs/model';
import { readAttempts } from '@understudy/shared/store/jobs/read-job';
import { toClassification } from '@understudy/shared/store/jobs/to-classification';
import type { JobNotice } from './notice.ts';
import { toBody, toJobBody } from './to-body.ts';

interface Addressed {
  notice: JobNotice;
  type: WebhookEvent;
}

/** The message of each job's end, by its event. */
export async function loadJobBodies(
  store: Store,
  addressed: readonly Addressed[],
): Promise<Map<string, string>> {
  if (addressed.length === 0) return new Map();
  const jobIds = addressed.map(({ notice }) => notice._id);
  const [jobs, attempts] = await Promise.all([
    store.jobs.find({ _id: { $in: jobIds } }, { text: 0 }).lean<JobDocument[]>(),
    readAttempts(store, jobIds),
  ]);
  const versions = jobs.flatMap(({ classifier }) =>
    classifier ? [toVersionId(classifier.id, classifier.version)] : [],
  );
  const facts = await readClassifierFacts(store, [...new Set(versions)]);
  const byId = new Map(jobs.map((job) => [job._id, job]));
  return new Map(
    addressed.map(({ notice, type }) => {
      const job = byId.get(notice._id);
      const at = notice.finishedAt ?? new Date();
      // One that was tried again meanwhile is another story: of this end, what the announcement knew is told.
      if (job?.announce?.eventId !== notice.eventId)
        return [notice.eventId, toBody(type, at, toFacts(notice))];
      const ofClassifier = job.classifier && toVersionId(job.classifier.id, job.classifier.version);
      const labels = job.labels ?? facts.get(ofClassifier ?? '')?.labelNames ?? [];
      const described = toClassification({ ...job, text: null }, labels, attempts.get(job._id) ?? []);
      return [notice.eventId, toJobBody(type, at, described)];
    }),
  );
}

function toFacts({ _id, client, state, batchId, provider, degraded, finishedAt }: JobNotice) {
  return { id: _id, client, state, batchId, provider, degraded, finishedAt };
}
