import { isDeepStrictEqual } from 'node:util';
import type { Client } from '../client/client.ts';
import { ProblemError } from '../client/problem-error.ts';
import type { Label } from '../contracts/label.ts';
import type { LabelledText } from './load-csv.ts';

const NAME = 'banking77-demo';

/** Makes the demo's classifier, or a new version of it where it is not as wanted. @returns its name. */
export async function saveClassifier(client: Client, examples: readonly LabelledText[]): Promise<string> {
  const labels = toLabels(examples);
  const present = await client.classifiers.get(NAME).catch((error: unknown) => {
    if (error instanceof ProblemError && error.status === 404) return null;
    throw error;
  });
  if (!present) await client.classifiers.create({ name: NAME, labels });
  else if (!isDeepStrictEqual(present.labels, labels)) await client.classifiers.replace(NAME, { labels });
  return NAME;
}

/** One label for each category, in order of appearance, with its examples. */
function toLabels(examples: readonly LabelledText[]): Label[] {
  const byCategory = Map.groupBy(examples, ({ category }) => category);
  return [...byCategory].map(([name, texts]) => ({ name, examples: texts.map(({ text }) => text) }));
}
