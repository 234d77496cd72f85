import type { Client } from '../client/client.ts';
import type { Classification } from '../contracts/classification.ts';
import type { LabelledText } from './load-csv.ts';

/** Then it is said what holds the job. */
const WAIT_SECONDS = 10;

export interface Answered {
  job: Classification;
  expected: string;
}

/**
 * Submits every query as a job and waits for its end, `concurrency` of them at a time. @throws the first error, with which
 * the rest is given up.
 */
export async function runQueries(options: {
  client: Client;
  queries: readonly LabelledText[];
  classifier: string;
  /** Only this provider may answer; null leaves the choice to the service. */
  provider: string | null;
  concurrency: number;
  onAnswer: (done: number) => void;
  /** Told of a job that was not answered soon, as it stands. */
  onWait: (job: Classification) => void;
}): Promise<Answered[]> {
  const { client, queries, classifier, provider, onAnswer, onWait } = options;
  const waiting = queries.entries();
  const answered: Answered[] = [];
  const ending = new AbortController();
  const { signal } = ending;

  function waitOn(submitted: Classification): Promise<Classification> {
    onWait(submitted);
    const onUpdate = (job: Classification) => {
      if (!job.finishedAt) onWait(job);
    };
    return client.classifications.wait(submitted.id, { onUpdate, signal });
  }

  async function runLane() {
    for (const [, { text, category }] of waiting) {
      const submitted = await client.classifications.submit(
        { text, classifier, providers: provider === null ? null : [provider], metadata: { source: 'demo' } },
        { waitSeconds: WAIT_SECONDS, signal },
      );
      const job = submitted.finishedAt ? submitted : await waitOn(submitted);
      answered.push({ job, expected: category });
      onAnswer(answered.length);
    }
  }

  try {
    await Promise.all(Array.from({ length: options.concurrency }, runLane));
  } finally {
    ending.abort();
  }
  return answered;
}
