import { STATUS_CODES } from 'node:http';
import { batch, batchAccepted } from '@understudy/shared/contracts/batch';
import { classification, classificationRow, rowLimit } from '@understudy/shared/contracts/classification';
import { classifier } from '@understudy/shared/contracts/classifier';
import { versionedDispatchConfig } from '@understudy/shared/contracts/dispatch-config';
import { evaluation } from '@understudy/shared/contracts/evaluation';
import { eventData } from '@understudy/shared/contracts/event';
import { failover } from '@understudy/shared/contracts/failover';
import { pageQuery } from '@understudy/shared/contracts/primitives';
import { problem } from '@understudy/shared/contracts/problem';
import { provider } from '@understudy/shared/contracts/provider';
import { session } from '@understudy/shared/contracts/session';
import { labelStats, overview, providerStats } from '@understudy/shared/contracts/stats';
import { token } from '@understudy/shared/contracts/token';
import { delivery, webhook } from '@understudy/shared/contracts/webhook';
import { PROBLEM_STATUS, type ProblemCode } from '@understudy/shared/errors';
import { createDocument, type ZodOpenApiObject } from 'zod-openapi';
import { PROBLEM_TYPE } from './problem.ts';
import type { ReplyHeader, RequestHeader, Route, Schema } from './route.ts';

type Document = ReturnType<typeof createDocument>;
type PathItem = NonNullable<ZodOpenApiObject['paths']>[string];
type Operation = NonNullable<PathItem['get']>;

const REQUEST_HEADERS: Record<RequestHeader, string> = {
  'Idempotency-Key': '1-255 of printable ASCII. The same key and body again give the same job or batch.',
  Prefer: '`wait=N`: how many seconds, 1 to 60, the reply may be held back for the result.',
  'If-Match': 'The ETag that the resource was read with: refused where it changed since.',
  'Last-Event-ID': 'The id of the last event that was received: what came after it is told first.',
};
const REPLY_HEADERS: Record<ReplyHeader, string> = {
  ETag: 'A strong tag of the revision.',
  Location: 'Where the resource is read.',
  'Preference-Applied': 'The wait that was granted.',
  'Idempotent-Replayed': '`true` where the key was used before.',
  'Set-Cookie': 'The session cookie.',
  'Retry-After': 'Seconds to wait before a repeat.',
  'Understudy-Row-Limit': 'Of a CSV file: how many rows it may have.',
};

/** What replies are made of, each under a name of its own. */
const SCHEMAS = {
  Problem: problem,
  Classification: classification,
  ClassificationRow: classificationRow,
  Batch: batch,
  BatchAccepted: batchAccepted,
  Classifier: classifier,
  Evaluation: evaluation,
  Provider: provider,
  DispatchConfig: versionedDispatchConfig,
  Failover: failover,
  Overview: overview,
  ProviderStats: providerStats,
  LabelStats: labelStats,
  JobUpdated: eventData['job.updated'],
  BatchUpdated: eventData['batch.updated'],
  ProviderStatusChanged: eventData['provider.status'],
  HealthChecked: eventData['health.checked'],
  Session: session,
  Token: token,
  Webhook: webhook,
  Delivery: delivery,
};

/** The OpenAPI 3.1 document of a route table: every row, its input, its replies and its errors. */
export function createOpenApiDocument(rows: readonly Route[]): Document {
  const paths: Record<string, PathItem> = {};
  for (const row of rows) {
    const item = (paths[row.path.replaceAll(/:(\w+)/g, '{$1}')] ??= {});
    item[row.method.toLowerCase() as Lowercase<Route['method']>] = toOperation(row);
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Understudy',
        version: '0.1.0',
        description: 'Text classification by whichever AI provider can answer. Changes only by addition.',
      },
      security: [{ token: [] }, { session: [] }],
      paths,
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer' },
          session: { type: 'apiKey', in: 'cookie', name: 'understudy_session' },
        },
        schemas: SCHEMAS,
      },
    },
    { override: describeBeyondZod },
  );
}

function toOperation(row: Route): Operation {
  const isOpen = row.access === 'public' || row.access === 'signed-in';
  return {
    operationId: row.id,
    summary: row.summary,
    tags: [toTag(row.path)],
    description: [row.description, isOpen ? null : `Needs the scope \`${row.access}\`.`]
      .filter((part) => part !== null && part !== undefined)
      .join('\n\n'),
    ...(row.access === 'public' ? { security: [] } : {}),
    requestParams: {
      ...(row.params ? { path: row.params } : {}),
      ...(row.query ? { query: row.query } : {}),
    } as NonNullable<Operation['requestParams']>,
    parameters: toHeaderParameters(row),
    ...(row.body ? { requestBody: toRequestBody(row, row.body) } : {}),
    ...(row.upload ? { requestBody: toUploadBody(row.upload) } : {}),
    responses: { ...toReplies(row), ...toProblems(row) },
  };
}

function toHeaderParameters(row: Route): NonNullable<Operation['parameters']> {
  return (row.headers ?? []).map((name) => ({
    in: 'header',
    name,
    description: REQUEST_HEADERS[name],
    schema: { type: 'string' },
  }));
}

function toRequestBody(
  row: Route,
  schema: NonNullable<Route['body']>,
): NonNullable<Operation['requestBody']> {
  const types =
    row.method === 'PATCH' ? ['application/merge-patch+json', 'application/json'] : ['application/json'];
  return {
    required: row.bodyOptional !== true,
    content: Object.fromEntries(types.map((type) => [type, { schema }])),
  } as NonNullable<Operation['requestBody']>;
}

function toUploadBody(upload: NonNullable<Route['upload']>): NonNullable<Operation['requestBody']> {
  return {
    required: true,
    content: Object.fromEntries(Object.entries(upload).map(([type, { schema }]) => [type, { schema }])),
  } as NonNullable<Operation['requestBody']>;
}

function toContent(schemas: Readonly<Record<string, Schema>>) {
  return Object.fromEntries(Object.entries(schemas).map(([type, schema]) => [type, { schema }]));
}

function toReplies(row: Route): Operation['responses'] {
  return Object.fromEntries(
    Object.entries(row.replies).map(
      ([status, { description, schema, type = 'application/json', otherTypes = {}, headers = [] }]) => [
        status,
        {
          description,
          ...(schema ? { content: { [type]: { schema }, ...toContent(otherTypes) } } : {}),
          headers: Object.fromEntries(
            headers.map((name) => [name, { description: REPLY_HEADERS[name], schema: { type: 'string' } }]),
          ),
        },
      ],
    ),
  ) as Operation['responses'];
}

/** The row's errors and those that every row of its kind may answer, by status. */
function toProblems(row: Route): Operation['responses'] {
  const codes = new Set<ProblemCode>([
    'internal_error',
    'store_unavailable',
    'validation_failed',
    'malformed_request',
    'headers_too_large',
    ...(row.access === 'public' ? [] : (['unauthenticated', 'forbidden', 'rate_limited'] as const)),
    ...(row.params ? (['not_found'] as const) : []),
    ...(row.body || row.upload
      ? (['malformed_json', 'request_timeout', 'body_too_large', 'unsupported_media_type'] as const)
      : []),
    ...(row.problems ?? []),
  ]);
  const byStatus = Map.groupBy([...codes].toSorted(), (code) => PROBLEM_STATUS[code]);
  return Object.fromEntries(
    [...byStatus]
      .filter(([status]) => !(status in row.replies))
      .map(([status, ofStatus]) => [
        String(status),
        {
          description: `${STATUS_CODES[status]}: ${ofStatus.map((code) => `\`${code}\``).join(', ')}.`,
          content: { [PROBLEM_TYPE]: { schema: problem } },
        },
      ]),
  ) as Operation['responses'];
}

function toTag(path: string): string {
  return /^\/api\/([a-z]+)$|^\/api\/([a-z]+)\//.exec(path)?.slice(1).find(Boolean) ?? 'system';
}

/**
 * What Zod cannot know: that the string `limit` means a number, and that replies gain fields, which clients ignore.
 */
function describeBeyondZod(context: {
  zodSchema: unknown;
  jsonSchema: object;
  io: 'input' | 'output';
}): void {
  const { zodSchema, jsonSchema, io } = context;
  if (zodSchema === pageQuery.limit) {
    for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
    Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 200, default: 50 });
  }
  if (zodSchema === rowLimit) {
    for (const key of Object.keys(jsonSchema)) Reflect.deleteProperty(jsonSchema, key);
    const description = 'At most 200 (50 if not given); as CSV at most 100,000 (all of them if not given).';
    Object.assign(jsonSchema, { type: 'integer', minimum: 1, maximum: 100_000, description });
  }
  if (io === 'output' && 'additionalProperties' in jsonSchema && jsonSchema.additionalProperties === false) {
    Reflect.deleteProperty(jsonSchema, 'additionalProperties');
  }
}
