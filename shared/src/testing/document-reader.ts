import { createRequire } from 'node:module';
import type { Ajv2020 as AjvClass } from 'ajv/dist/2020.js';
import type { FormatsPlugin } from 'ajv-formats';

interface MediaTypeObject {
  schema: object;
  example?: unknown;
  examples?: Record<string, { $ref: string } | { value: unknown }>;
}
interface ReplyObject {
  headers?: Record<string, { $ref: string } | { required?: boolean }>;
  content?: Record<string, MediaTypeObject>;
}
export interface OperationObject {
  operationId: string;
  tags: string[];
  security: object[];
  parameters?: { in: string; name: string; description?: string; required?: boolean; schema: object }[];
  requestBody?: { required: boolean; content: Record<string, MediaTypeObject> };
  responses: Record<string, ReplyObject | { $ref: string }>;
}
type PathItem = Record<string, OperationObject>;
interface Document {
  tags: { name: string; description: string }[];
  paths: Record<string, PathItem>;
  webhooks: Record<string, PathItem>;
  components: Record<'schemas' | 'responses' | 'headers' | 'examples', Record<string, object>>;
}

// Both packages are CommonJS, whose types are not how Node imports them.
const require = createRequire(import.meta.url);
const { Ajv2020 } = require('ajv/dist/2020.js') as { Ajv2020: typeof AjvClass };
const addFormats = require('ajv-formats') as FormatsPlugin;

/** Reads an OpenAPI document as a program does that has nothing else: by its text. */
export function createDocumentReader(source: object) {
  const document = JSON.parse(JSON.stringify(source)) as Document;
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  addFormats(ajv);
  ajv.addSchema(document, 'document');
  const validators = new Map<string, ReturnType<typeof ajv.compile>>();

  const resolve = <T extends object>(value: T | { $ref: string }): T => {
    if (!('$ref' in value)) return value;
    const [, kind, name] = /^#\/components\/(\w+)\/(.+)$/.exec(value.$ref) ?? [];
    return document.components[kind as keyof Document['components']][name ?? ''] as T;
  };
  const listOperations = (items: Record<string, PathItem>) =>
    Object.entries(items).flatMap(([path, item]) =>
      Object.entries(item).map(([method, operation]) => ({ path, method, operation })),
    );
  const operations = listOperations(document.paths);
  const toReply = ({ responses }: OperationObject, status: number | string): ReplyObject | undefined => {
    const reply = responses[status];
    return reply && resolve<ReplyObject>(reply);
  };
  const listMediaTypes = ({ operation }: { operation: OperationObject }, prefix = '') =>
    [
      ...Object.entries(operation.requestBody?.content ?? {}).map((entry) => ['body', ...entry] as const),
      ...Object.keys(operation.responses)
        .filter((status) => !('$ref' in (operation.responses[status] ?? {})))
        .flatMap((status) =>
          Object.entries(toReply(operation, status)?.content ?? {}).map(
            (entry) => [status, ...entry] as const,
          ),
        ),
    ].map(([part, type, media]) => ({
      where: `${prefix}${operation.operationId} ${part} ${type}`,
      type,
      ...media,
    }));

  return {
    document,
    operations,
    /** Everything with a body: requests, replies that are no problems, messages. */
    mediaTypes: [
      ...operations.flatMap((entry) => listMediaTypes(entry)),
      ...listOperations(document.webhooks).flatMap((entry) => listMediaTypes(entry, 'webhook ')),
    ],
    toReply,
    toHeader: (header: { $ref: string } | { required?: boolean }) => resolve<{ required?: boolean }>(header),
    toExample: (example: { $ref: string } | { value: unknown }) => resolve<{ value: unknown }>(example).value,
    /** What of a value does not fit a schema of the document. */
    findFaults(schema: object, value: unknown): string[] {
      const key = JSON.stringify(schema);
      const validate = validators.get(key) ?? ajv.compile(rebase(key));
      validators.set(key, validate);
      if (validate(value)) return [];
      return (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message}`);
    },
  };
}

/** A schema of the document as one of its own, whose references lead into the document. */
function rebase(schema: string): object {
  return JSON.parse(schema.replaceAll('"#/components/', '"document#/components/')) as object;
}
