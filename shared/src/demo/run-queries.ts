import type { Client } from '../client/client.ts';
import type { Classification } from '../contracts/classification.ts';
import type { LabelledText } from './load-csv.ts';

export interface Answered {
  job: Classification;
  expected: string;
}

/** Submits every query as a job and waits for its end, `concurrency` of them at a time. */
export async function runQueries(options: {
  client: Client;
  queries: readonly LabelledText[];
  classifier: string;
  /** Only this provider may answer; null leaves the choice to the service. */
  provider: string | null;
  concurrency: number;
  onAnswer: (done: number) => void;
}): Promise<Answered[]> {
  const { client, queries, classifier, provider, onAnswer } = options;
  const waiting = queries.entries();
  const answered: Answered[] = [];

  async function runLane() {
    for (const [, { text, category }] of waiting) {
      const submitted = await client.classifications.submit(
        { text, classifier, providers: provider === null ? null : [provider], metadata: { source: 'demo' } },
        { waitSeconds: 30 },
      );
      const job = submitted.finishedAt ? submitted : await client.classifications.wait(submitted.id);
      answered.push({ job, expected: category });
      onAnswer(answered.length);
    }
  }

  await Promise.all(Array.from({ length: options.concurrency }, runLane));
  return answered;
}
