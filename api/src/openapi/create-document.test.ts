import { Validator } from '@seriousme/openapi-schema-validator';
import { dispatchConfig, dispatchConfigPart } from '@understudy/shared/contracts/dispatch-config';
import { PROBLEM_STATUS } from '@understudy/shared/errors';
import { fromEventId } from '@understudy/shared/events/position';
import { webhookData } from '@understudy/shared/contracts/webhook-message';
import { expect, it } from 'vitest';
import { routes } from '../routes/routes.ts';
import { createDocumentReader, type OperationObject } from '@understudy/shared/testing/document-reader';
import { createOpenApiDocument, toTemplate } from './create-document.ts';

const reader = createDocumentReader(createOpenApiDocument(routes));
const { document } = reader;
const rows = routes.map((row) => [row.id, row] as const);
const find = (path: string, method: string) => document.paths[path]?.[method] as OperationObject;

it('is an OpenAPI 3.1 document', async () => {
  const validator = new Validator();
  expect(await validator.validate({ ...structuredClone(document) })).toEqual({ valid: true });
  expect(validator.version).toBe('3.1');
});

it('has every row of the table and nothing else', () => {
  const expected = routes.map(({ id, method, path }) => `${id} ${method} ${toTemplate(path)}`);
  const operations = reader.operations.map(
    ({ operation, method, path }) => `${operation.operationId} ${method.toUpperCase()} ${path}`,
  );
  expect(operations.toSorted()).toEqual(expected.toSorted());
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
});

it('declares every tag that is used, with what it is for, and no other', () => {
  const used = new Set(reader.operations.flatMap(({ operation }) => operation.tags));
  expect(document.tags.map(({ name }) => name).toSorted()).toEqual([...used].toSorted());
  for (const { description } of document.tags) expect(description).toMatch(/\.$/);
});

it.each(rows)('says who may call %s', (_, row) => {
  const { security } = find(toTemplate(row.path), row.method.toLowerCase());
  const scopes = row.access === 'signed-in' ? [] : [row.access];
  expect(security).toEqual(row.access === 'public' ? [] : [{ token: scopes }, { session: scopes }]);
});

it.each(rows)('describes the input and every reply of %s', (_, row) => {
  const operation = find(toTemplate(row.path), row.method.toLowerCase());
  const { parameters = [] } = operation;
  const inPath = parameters.filter((parameter) => parameter.in === 'path');
  expect(inPath.map(({ name }) => name)).toEqual([...row.path.matchAll(/:(\w+)/g)].map(([, name]) => name));
  for (const { description, required } of inPath)
    expect({ description, required }).toMatchObject({ required: true });
  for (const { description } of inPath) expect(description).toMatch(/\w/);
  expect(operation.requestBody !== undefined).toBe(row.body !== undefined || row.upload !== undefined);
  const types = Object.keys(operation.requestBody?.content ?? {});
  expect(types).toEqual(row.upload ? Object.keys(row.upload) : types);
  const rate = row.access === 'public' ? [] : ['RateLimit-Policy', 'RateLimit'];
  for (const [status, { schema, type = 'application/json', otherTypes, headers = [] }] of Object.entries(
    row.replies,
  )) {
    const reply = reader.toReply(operation, status);
    expect(Object.keys(reply?.content ?? {})).toEqual(schema ? [type, ...Object.keys(otherTypes ?? {})] : []);
    expect(Object.keys(reply?.headers ?? {})).toEqual(['X-Request-Id', ...headers, ...rate]);
  }
});

it.each(rows)('has a problem with an example for every error of %s', (_, row) => {
  const operation = find(toTemplate(row.path), row.method.toLowerCase());
  const errors = Object.keys(operation.responses).filter(
    (status) => Number(status) >= 400 && !(Number(status) in row.replies),
  );
  expect(errors).toContain('500');
  for (const code of row.problems ?? []) expect(errors).toContain(String(PROBLEM_STATUS[code]));
  for (const status of errors) {
    const content = reader.toReply(operation, status)?.content?.['application/problem+json'];
    expect(content?.schema).toEqual({ $ref: '#/components/schemas/Problem' });
    const examples = Object.values(content?.examples ?? {}).map(reader.toExample);
    expect(examples.length).toBeGreaterThan(0);
    for (const example of examples) {
      expect(example).toMatchObject({ status: Number(status) });
      expect(reader.findFaults({ $ref: '#/components/schemas/Problem' }, example)).toEqual([]);
    }
  }
});

it('shows every input, every reply and every message by an example that is valid', () => {
  const lacking: string[] = [];
  const wrong: string[] = [];
  for (const { where, schema, example } of reader.mediaTypes) {
    if (example === undefined) lacking.push(where);
    else wrong.push(...reader.findFaults(schema, example).map((fault) => `${where}: ${fault}`));
  }
  expect(lacking).toEqual([]);
  expect(wrong).toEqual([]);
  expect(reader.mediaTypes.length).toBeGreaterThan(routes.length);
});

it('names every resource, page and input that is JSON', () => {
  const inline = reader.mediaTypes.filter(
    ({ type, schema, where }) => type.endsWith('json') && !('$ref' in schema) && !where.startsWith('webhook'),
  );
  expect(inline.map(({ where }) => where)).toEqual([]);
  expect(document.components.schemas['Classification']).not.toHaveProperty('additionalProperties');
  for (const [, name] of JSON.stringify(document).matchAll(/#\/components\/schemas\/(\w+)/g)) {
    expect(Object.keys(document.components.schemas)).toContain(name);
  }
});

it('says what a query’s numbers are, and refuses unknown fields as the API does', () => {
  const toLimit = (path: string) =>
    find(path, 'get').parameters?.find(({ name }) => name === 'limit')?.schema;
  expect(toLimit('/api/batches')).toEqual({ type: 'integer', minimum: 1, maximum: 200, default: 50 });
  expect(toLimit('/api/classifications')).toEqual({ $ref: '#/components/schemas/RowLimit' });
  expect(document.components.schemas['RowLimit']).toMatchObject({
    type: 'integer',
    minimum: 1,
    maximum: 100_000,
  });
  expect(document.components.schemas['ClassificationInput']).toMatchObject({
    additionalProperties: false,
    properties: { priority: { default: 5, minimum: 0, maximum: 9 }, text: { maxLength: 200_000 } },
  });
});

it('has each message that an endpoint may be sent, with the headers of Standard Webhooks', () => {
  expect(Object.keys(document.webhooks)).toEqual(Object.keys(webhookData));
  for (const { post } of Object.values(document.webhooks)) {
    const headers = post?.parameters?.filter(({ required }) => required).map(({ name }) => name);
    expect(headers).toEqual(['webhook-id', 'webhook-timestamp', 'webhook-signature']);
  }
});

interface Field {
  type: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  properties?: Record<string, Field>;
}

function toFields(schema: unknown): [string, Field][] {
  return Object.entries((schema as Field).properties ?? {}).flatMap(([key, field]) =>
    field.properties
      ? toFields(field).map(([inner, value]): [string, Field] => [`${key}.${inner}`, value])
      : [[key, field] as [string, Field]],
  );
}

it('has the default and the range of every field of the dispatch configuration', () => {
  const schema = document.components.schemas['VersionedDispatchConfig'];
  const fields = toFields(schema).filter(([key]) => key !== 'version');
  const leaves = Object.entries(dispatchConfig.parse({})).flatMap(([key, value]) =>
    typeof value === 'object' ? Object.keys(value).map((inner) => `${key}.${inner}`) : [key],
  );
  expect(fields.map(([key]) => key)).toEqual(leaves);
  const lacksOne = ({ type, minimum, maximum, ...field }: Field) => {
    const isNumber = type === 'integer' || type === 'number';
    const lacksRange = isNumber && (minimum === undefined || maximum === undefined);
    return lacksRange || field.default === undefined || field.description === undefined;
  };
  expect(fields.flatMap(([key, field]) => (lacksOne(field) ? [key] : []))).toEqual([]);
  const part = document.components.schemas['DispatchConfigPart'];
  expect(toFields(part).map(([key]) => key)).toEqual(fields.map(([key]) => key));
  expect(Object.keys(dispatchConfigPart.shape)).toHaveLength(Object.keys(dispatchConfig.shape).length);
  expect(part).toMatchObject({
    additionalProperties: false,
    properties: { breaker: { properties: { openMs: { minimum: 500, maximum: 600_000 } } } },
  });
  expect(part).not.toHaveProperty('required');
  expect(JSON.stringify(part)).not.toContain('"default"');
});

it('shows the id of an event as one that the stream can be resumed by', () => {
  const media = reader.toReply(find('/api/events', 'get'), '200')?.content?.['text/event-stream'];
  const example = media?.example as { id: string } | undefined;
  expect(fromEventId(example?.id ?? '')).toEqual({ id: '1772443800640-0', epoch: '9f2c1b7a' });
});
