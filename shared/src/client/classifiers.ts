import type * as z from 'zod/mini';
import type { Classifier, classifierInput, classifierUpdate } from '../contracts/classifier.ts';
import type { CallOptions, Page, PageQuery } from './page.ts';
import type { Reply, Transport } from './transport.ts';
import type { GuardedCall } from './webhooks.ts';

/** A classifier as one writes it: every field that has a default may be left out. */
export type NewClassifier = z.input<typeof classifierInput>;

/** The whole definition that becomes the next version. */
export type ClassifierDefinition = z.input<typeof classifierUpdate>;

export function createClassifiers(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      (await send<Page<Classifier>>('GET', '/api/classifiers', { query: { ...query }, signal })).value,
    get: async (name: string, { signal }: CallOptions = {}) =>
      (await send<Classifier>('GET', toPath(name), { signal })).value,
    /** The newest version with its tag, for a guarded change. */
    read: async (name: string, { signal }: CallOptions = {}) =>
      toTagged(await send<Classifier>('GET', toPath(name), { signal })),
    /** Versions, newest first, without the examples of their labels. */
    versions: async (name: string, query: PageQuery = {}, { signal }: CallOptions = {}) =>
      (await send<Page<Classifier>>('GET', `${toPath(name)}/versions`, { query: { ...query }, signal }))
        .value,
    /** One version, whole. */
    version: async (name: string, version: number, { signal }: CallOptions = {}) =>
      (await send<Classifier>('GET', `${toPath(name)}/versions/${version}`, { signal })).value,
    create: async (classifier: NewClassifier, { signal }: CallOptions = {}) =>
      (await send<Classifier>('POST', '/api/classifiers', { body: classifier, signal })).value,
    /** Makes a new version; jobs keep the one that they were accepted with. */
    replace: async (
      name: string,
      classifier: ClassifierDefinition,
      { ifMatch, signal }: GuardedCall = {},
    ) => {
      const headers = { 'If-Match': ifMatch ?? undefined };
      return (await send<Classifier>('PUT', toPath(name), { body: classifier, headers, signal })).value;
    },
    /** Removes it; jobs that were accepted with it keep it. */
    remove: async (name: string, { ifMatch, signal }: GuardedCall = {}) => {
      await send<undefined>('DELETE', toPath(name), {
        headers: { 'If-Match': ifMatch ?? undefined },
        signal,
      });
    },
  };
}

function toPath(name: string): string {
  return `/api/classifiers/${encodeURIComponent(name)}`;
}

function toTagged({ value, headers }: Reply<Classifier>) {
  return { classifier: value, etag: headers.get('ETag') };
}
