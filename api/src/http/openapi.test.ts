import { expect, it } from 'vitest';
import { routes } from '../routes/routes.ts';
import { createOpenApiDocument } from './openapi.ts';

interface Operation {
  operationId: string;
  security?: unknown[];
  parameters?: { in: string; name: string; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, { schema: object }> };
  responses: Record<string, { content?: Record<string, { schema: object }> }>;
}
const document = JSON.parse(JSON.stringify(createOpenApiDocument(routes))) as {
  openapi: string;
  paths: Record<string, Record<string, Operation>>;
  components: { schemas: Record<string, object> };
};
const find = (path: string, method: string) => document.paths[path]?.[method] as Operation;

it('has every row of the table and nothing else', () => {
  const rows = routes.map(({ id, method, path }) => `${id} ${method} ${path.replaceAll(/:(\w+)/g, '{$1}')}`);
  const operations = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, { operationId }]) => `${operationId} ${method.toUpperCase()} ${path}`),
  );
  expect(operations.toSorted()).toEqual(rows.toSorted());
  expect(new Set(routes.map(({ id }) => id)).size).toBe(routes.length);
  expect(document.openapi).toBe('3.1.0');
});

it.each(routes.map((row) => [row.id, row] as const))(
  'describes the input and every reply of %s',
  (_, row) => {
    const operation = find(row.path.replaceAll(/:(\w+)/g, '{$1}'), row.method.toLowerCase());
    const inPath = operation.parameters
      ?.filter((parameter) => parameter.in === 'path')
      .map(({ name }) => name);
    expect(inPath ?? []).toEqual([...row.path.matchAll(/:(\w+)/g)].map(([, name]) => name));
    expect(operation.requestBody !== undefined).toBe(row.body !== undefined || row.upload !== undefined);
    const types = Object.keys(operation.requestBody?.content ?? {});
    expect(types).toEqual(row.upload ? Object.keys(row.upload) : types);
    expect(operation.security).toEqual(row.access === 'public' ? [] : undefined);
    for (const [status, { schema, type = 'application/json' }] of Object.entries(row.replies)) {
      expect(operation.responses[status]?.content?.[type] !== undefined).toBe(schema !== undefined);
    }
    const problems = Object.entries(operation.responses).filter(
      ([status]) => Number(status) >= 400 && !(Number(status) in row.replies),
    );
    for (const [, { content }] of problems) {
      expect(content?.['application/problem+json']?.schema).toEqual({
        $ref: '#/components/schemas/Problem',
      });
    }
    expect(problems.map(([status]) => status)).toContain('500');
  },
);

it('names every media type of a reply', () => {
  const { content } = find('/api/classifications', 'get').responses['200'] ?? {};
  expect(Object.keys(content ?? {})).toEqual(['application/json', 'text/csv']);
});

it('names what replies are made of', () => {
  const reply = find('/api/classifications/{id}', 'get').responses['200'];
  expect(reply?.content?.['application/json']?.schema).toEqual({
    $ref: '#/components/schemas/Classification',
  });
  expect(document.components.schemas['Classification']).not.toHaveProperty('additionalProperties');
  const text = JSON.stringify(document);
  for (const [, name] of text.matchAll(/#\/components\/schemas\/(\w+)/g)) {
    expect(Object.keys(document.components.schemas)).toContain(name);
  }
});

it('says what a query’s numbers are, and refuses unknown fields as the API does', () => {
  const list = find('/api/batches', 'get');
  const limit = list.parameters?.find(({ name }) => name === 'limit');
  expect(limit?.schema).toEqual({ type: 'integer', minimum: 1, maximum: 200, default: 50 });
  const jobs = find('/api/classifications', 'get').parameters?.find(({ name }) => name === 'limit');
  expect(jobs?.schema).toMatchObject({ type: 'integer', minimum: 1, maximum: 100_000 });
  const submit = find('/api/classifications', 'post');
  expect(submit.requestBody?.content['application/json']?.schema).toMatchObject({
    additionalProperties: false,
    properties: { priority: { default: 5, minimum: 0, maximum: 9 }, text: { maxLength: 200_000 } },
  });
});

it('has the default and the range of every field of the dispatch configuration', () => {
  interface Field {
    type: string;
    description?: string;
    default?: unknown;
    minimum?: number;
    maximum?: number;
    enum?: unknown[];
    properties?: Record<string, Field>;
  }
  const toFields = (schema: object): [string, Field][] =>
    Object.entries((schema as Field).properties ?? {}).flatMap(([key, field]) =>
      field.properties
        ? toFields(field).map(([inner, value]): [string, Field] => [`${key}.${inner}`, value])
        : [[key, field]],
    );
  const schema = document.components.schemas['DispatchConfig'] ?? {};
  const fields = toFields(schema).filter(([key]) => key !== 'version');
  expect(fields).toHaveLength(27);
  const lacksOne = ({ type, minimum, maximum, ...field }: Field) => {
    const isNumber = type === 'integer' || type === 'number';
    const lacksRange = isNumber && (minimum === undefined || maximum === undefined);
    return lacksRange || field.default === undefined || field.description === undefined;
  };
  expect(fields.flatMap(([key, field]) => (lacksOne(field) ? [key] : []))).toEqual([]);
  const body = find('/api/providers/config', 'post').requestBody?.content['application/json']?.schema;
  expect(toFields(body ?? {}).map(([key]) => key)).toEqual(fields.map(([key]) => key));
  expect(body).toMatchObject({
    additionalProperties: false,
    properties: { breaker: { properties: { openMs: { minimum: 500, maximum: 600_000 } } } },
  });
  expect(body).not.toHaveProperty('required');
  expect(JSON.stringify(body)).not.toContain('"default"');
});
