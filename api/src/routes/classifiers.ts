import {
  classifier,
  classifierInput,
  classifierPage,
  classifierQuery,
  classifierUpdate,
} from '@understudy/shared/contracts/classifier';
import { route, type Reply } from '../http/route.ts';
import { getClassifier, listClassifiers, listClassifierVersions } from '../services/classifiers/read.ts';
import type { TaggedClassifier } from '../services/classifiers/to-classifier.ts';
import {
  createClassifier,
  deleteClassifier,
  patchClassifier,
  replaceClassifier,
} from '../services/classifiers/write.ts';
import { mergePatchBody, nameParams, nameVersionParams } from './parameters.ts';

/** All labels with all their examples. */
const CLASSIFIER_BYTES = 8 * 1_048_576;

const SHORT_PAGES =
  'Where definitions are large, a page may be shorter than `limit` and have a `nextCursor` all the same.';

const one = (description: string) => ({ description, schema: classifier, headers: ['ETag'] as const });

function toReply(status: number, { classifier: body, etag }: TaggedClassifier): Reply {
  return { status, body, headers: { ETag: etag } };
}

export const classifierRoutes = [
  route({
    id: 'listClassifiers',
    method: 'GET',
    path: '/api/classifiers',
    summary: 'List classifiers, newest first, without the examples of their labels.',
    description: SHORT_PAGES,
    access: 'jobs:read',
    query: classifierQuery,
    replies: { 200: { description: 'A page of classifiers.', schema: classifierPage } },
    problems: ['invalid_cursor'],
    async handle(ctx, { query }) {
      return { status: 200, body: await listClassifiers(ctx, query) };
    },
  }),
  route({
    id: 'createClassifier',
    method: 'POST',
    path: '/api/classifiers',
    summary: 'Add a classifier.',
    access: 'jobs:write',
    body: classifierInput,
    bodyLimit: CLASSIFIER_BYTES,
    replies: {
      201: { description: 'Its first version.', schema: classifier, headers: ['ETag', 'Location'] },
    },
    problems: ['classifier_name_taken'],
    async handle(ctx, { viewer, requestId, body }) {
      const reply = toReply(201, await createClassifier(ctx, { viewer, requestId, input: body }));
      return { ...reply, headers: { ...reply.headers, Location: `/api/classifiers/${body.name}` } };
    },
  }),
  route({
    id: 'getClassifier',
    method: 'GET',
    path: '/api/classifiers/:name',
    summary: 'Read a classifier in its newest version.',
    access: 'jobs:read',
    params: nameParams,
    replies: { 200: one('The newest version.') },
    problems: ['not_found'],
    async handle(ctx, { params }) {
      return toReply(200, await getClassifier(ctx, params));
    },
  }),
  route({
    id: 'replaceClassifier',
    method: 'PUT',
    path: '/api/classifiers/:name',
    summary: 'Make a new version of a classifier. Jobs keep the version they were accepted with.',
    access: 'jobs:write',
    params: nameParams,
    body: classifierUpdate,
    bodyLimit: CLASSIFIER_BYTES,
    headers: ['If-Match'],
    replies: { 200: one('The new version.') },
    problems: ['not_found', 'stale'],
    async handle(ctx, { viewer, requestId, params: { name }, body: input, header }) {
      const change = { viewer, requestId, name, ifMatch: header('If-Match') };
      return toReply(200, await replaceClassifier(ctx, { ...change, input }));
    },
  }),
  route({
    id: 'patchClassifier',
    method: 'PATCH',
    path: '/api/classifiers/:name',
    summary: 'Make a new version in which only what the patch names differs (RFC 7396).',
    access: 'jobs:write',
    params: nameParams,
    body: mergePatchBody,
    example: { instructions: 'Texts are from customers.' },
    bodyLimit: CLASSIFIER_BYTES,
    headers: ['If-Match'],
    replies: { 200: one('The new version.') },
    problems: ['not_found', 'stale'],
    async handle(ctx, { viewer, requestId, params: { name }, body: patch, header }) {
      const change = { viewer, requestId, name, ifMatch: header('If-Match') };
      return toReply(200, await patchClassifier(ctx, { ...change, patch }));
    },
  }),
  route({
    id: 'deleteClassifier',
    method: 'DELETE',
    path: '/api/classifiers/:name',
    summary: 'Remove a classifier. Jobs that were accepted with it keep it.',
    access: 'jobs:write',
    params: nameParams,
    headers: ['If-Match'],
    replies: { 204: { description: 'It is removed.' } },
    problems: ['not_found', 'stale'],
    async handle(ctx, { viewer, requestId, params: { name }, header }) {
      await deleteClassifier(ctx, { viewer, requestId, name, ifMatch: header('If-Match') });
      return { status: 204 };
    },
  }),
  route({
    id: 'listClassifierVersions',
    method: 'GET',
    path: '/api/classifiers/:name/versions',
    summary: 'List the versions of a classifier, newest first, without the examples of their labels.',
    description: SHORT_PAGES,
    access: 'jobs:read',
    params: nameParams,
    query: classifierQuery,
    replies: { 200: { description: 'A page of versions.', schema: classifierPage } },
    problems: ['not_found', 'invalid_cursor'],
    async handle(ctx, { params, query }) {
      return { status: 200, body: await listClassifierVersions(ctx, { ...params, ...query }) };
    },
  }),
  route({
    id: 'getClassifierVersion',
    method: 'GET',
    path: '/api/classifiers/:name/versions/:version',
    summary: 'Read one version of a classifier, whole.',
    access: 'jobs:read',
    params: nameVersionParams,
    replies: { 200: one('The version.') },
    problems: ['not_found'],
    async handle(ctx, { params: { name, version } }) {
      return toReply(200, await getClassifier(ctx, { name, version: Number(version) }));
    },
  }),
];
