import type * as z from 'zod/mini';
import type { Classifier, classifierInput, classifierUpdate } from '../contracts/classifier.ts';
import type { CallOptions, Page, PageQuery } from './page.ts';
import type { Transport } from './transport.ts';

/** A classifier as one writes it: every field that has a default may be left out. */
export type NewClassifier = z.input<typeof classifierInput>;

export function createClassifiers(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      (await send<Page<Classifier>>('GET', '/api/classifiers', { query: { ...query }, signal })).value,
    get: async (name: string, { signal }: CallOptions = {}) =>
      (await send<Classifier>('GET', `/api/classifiers/${encodeURIComponent(name)}`, { signal })).value,
    create: async (classifier: NewClassifier, { signal }: CallOptions = {}) =>
      (await send<Classifier>('POST', '/api/classifiers', { body: classifier, signal })).value,
    /** Makes a new version; jobs keep the one that they were accepted with. */
    replace: async (
      name: string,
      classifier: z.input<typeof classifierUpdate>,
      { signal }: CallOptions = {},
    ) =>
      (
        await send<Classifier>('PUT', `/api/classifiers/${encodeURIComponent(name)}`, {
          body: classifier,
          signal,
        })
      ).value,
  };
}
