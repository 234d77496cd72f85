import type { SchemaObject, Schemas } from './schema-object.ts';

interface Media {
  schema?: SchemaObject;
  example?: unknown;
}
export interface ReplyObject {
  description: string;
  headers?: Record<string, { $ref: string }>;
  content?: Record<string, Media>;
}
export interface OperationObject {
  operationId: string;
  summary: string;
  description?: string;
  tags: string[];
  security: Record<string, string[]>[];
  parameters?: { in: string; name: string; description?: string; required?: boolean; schema: SchemaObject }[];
  requestBody?: { required?: boolean; content: Record<string, Media> };
  responses: Record<string, ReplyObject | { $ref: string }>;
}

/** As much of our OpenAPI document as its page shows. */
export interface DocumentObject {
  info: { title: string; version: string; description: string };
  tags: { name: string; description: string }[];
  paths: Record<string, Record<string, OperationObject>>;
  webhooks: Record<string, { post: OperationObject }>;
  components: {
    schemas: Schemas;
    responses: Record<string, ReplyObject>;
    examples: Record<string, { value: { status: number; title: string; detail: string } }>;
  };
}
