import type * as z from 'zod/mini';
import type { Classifier, classifierInput, classifierUpdate } from '../contracts/classifier.ts';
import { toEtagged, toIfMatch, type CallOptions, type GuardedCall } from './call.ts';
import type { Page, PageQuery } from './page.ts';
import { valueOf, type Transport } from './transport.ts';

/** A classifier as one writes it: every field that has a default may be left out. */
export type NewClassifier = z.input<typeof classifierInput>;

/** The whole definition that becomes the next version. */
export type ClassifierDefinition = z.input<typeof classifierUpdate>;

export function createClassifiers(send: Transport) {
  return {
    list: async (query: PageQuery = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Classifier>>('GET', '/api/classifiers', { query: { ...query }, signal })),
    get: async (name: string, { signal }: CallOptions = {}) =>
      valueOf(send<Classifier>('GET', toPath(name), { signal })),
    /** The newest version with its tag, for a guarded change. */
    read: async (name: string, { signal }: CallOptions = {}) =>
      toEtagged('classifier', send<Classifier>('GET', toPath(name), { signal })),
    /** Versions, newest first, without the examples of their labels. */
    versions: async (name: string, query: PageQuery = {}, { signal }: CallOptions = {}) =>
      valueOf(send<Page<Classifier>>('GET', `${toPath(name)}/versions`, { query: { ...query }, signal })),
    /** One version, whole. */
    version: async (name: string, version: number, { signal }: CallOptions = {}) =>
      valueOf(send<Classifier>('GET', `${toPath(name)}/versions/${version}`, { signal })),
    create: async (classifier: NewClassifier, { signal }: CallOptions = {}) =>
      valueOf(send<Classifier>('POST', '/api/classifiers', { body: classifier, signal })),
    /** Makes a new version; jobs keep the one that they were accepted with. */
    replace: async (
      name: string,
      classifier: ClassifierDefinition,
      { ifMatch, signal }: GuardedCall = {},
    ) => {
      const headers = toIfMatch(ifMatch);
      return valueOf(send<Classifier>('PUT', toPath(name), { body: classifier, headers, signal }));
    },
    /** Removes it; jobs that were accepted with it keep it. */
    remove: async (name: string, { ifMatch, signal }: GuardedCall = {}) => {
      await send<undefined>('DELETE', toPath(name), { headers: toIfMatch(ifMatch), signal });
    },
  };
}

function toPath(name: string): string {
  return `/api/classifiers/${encodeURIComponent(name)}`;
}
