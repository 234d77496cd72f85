import type { Route, Schema } from '../http/route.ts';
import { findExample } from './examples/find-example.ts';
import { toHeaderReferences, toHeaderParameters } from './headers.ts';
import { toProblemReferences } from './problems.ts';
import { toTag } from './tags.ts';
import type { Operation, RequestBody, Responses } from './types.ts';

const JSON_TYPE = 'application/json';

/** One row as an operation: who may call it, its input, its replies and its errors, with examples. */
export function toOperation(row: Route): Operation {
  return {
    operationId: row.id,
    summary: row.summary,
    tags: [toTag(row.path)],
    description: [row.description, toAccessSentence(row.access)]
      .filter((part) => part !== null && part !== undefined)
      .join('\n\n'),
    security: toSecurity(row.access),
    requestParams: {
      ...(row.params ? { path: row.params } : {}),
      ...(row.query ? { query: row.query } : {}),
    } as NonNullable<Operation['requestParams']>,
    parameters: toHeaderParameters(row.headers ?? []),
    ...toRequestBody(row),
    responses: { ...toReplies(row), ...toProblemReferences(row) },
  };
}

function toAccessSentence(access: Route['access']): string | null {
  if (access === 'public') return null;
  return access === 'signed-in' ? 'Any token or session will do.' : `Needs the scope \`${access}\`.`;
}

/** The scopes stand as roles, which OpenAPI 3.1 allows for every kind of security. */
function toSecurity(access: Route['access']): NonNullable<Operation['security']> {
  if (access === 'public') return [];
  const scopes = access === 'signed-in' ? [] : [access];
  return [{ token: scopes }, { session: scopes }];
}

function toRequestBody(row: Route): { requestBody?: RequestBody } {
  if (!row.body && !row.upload) return {};
  const ofBody = row.body ? toTypes(row.method).map((type) => [type, row.body] as const) : [];
  const ofUpload = Object.entries(row.upload ?? {}).map(([type, { schema }]) => [type, schema] as const);
  const types = [...ofBody, ...ofUpload];
  const content = types.map(([type, schema]) => [type, toMediaType(schema as Schema, row.example)]);
  return {
    requestBody: {
      required: row.bodyOptional !== true,
      content: Object.fromEntries(content),
    } as RequestBody,
  };
}

function toTypes(method: Route['method']): string[] {
  return method === 'PATCH' ? ['application/merge-patch+json', JSON_TYPE] : [JSON_TYPE];
}

function toReplies(row: Route): Responses {
  return Object.fromEntries(
    Object.entries(row.replies).map(
      ([status, { description, schema, type = JSON_TYPE, otherTypes = {}, headers = [], example }]) => [
        status,
        {
          description,
          headers: toHeaderReferences(headers),
          ...(schema ? { content: { [type]: toMediaType(schema, example), ...toContent(otherTypes) } } : {}),
        },
      ],
    ),
  ) as Responses;
}

function toContent(schemas: Readonly<Record<string, Schema>>) {
  return Object.fromEntries(
    Object.entries(schemas).map(([type, schema]) => [type, toMediaType(schema, undefined)]),
  );
}

function toMediaType(schema: Schema, given: unknown): { schema: Schema; example?: unknown } {
  const example = given ?? findExample(schema);
  return { schema, ...(example === undefined ? {} : { example }) };
}
