/** As much of JSON Schema as our document has. */
export interface SchemaObject {
  $ref?: string;
  type?: string | string[];
  description?: string;
  enum?: unknown[];
  const?: unknown;
  default?: unknown;
  format?: string;
  pattern?: string;
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  minItems?: number;
  maxItems?: number;
  items?: SchemaObject;
  properties?: Record<string, SchemaObject>;
  required?: string[];
  additionalProperties?: boolean | SchemaObject;
  anyOf?: SchemaObject[];
  oneOf?: SchemaObject[];
  allOf?: SchemaObject[];
}

export type Schemas = Record<string, SchemaObject>;

const REFERENCE = /^#\/components\/schemas\/(.+)$/;

/** The name of the component that a schema refers to; null where it is one of its own. */
export function toName({ $ref = '' }: SchemaObject): string | null {
  return REFERENCE.exec($ref)?.[1] ?? null;
}

/** Whether a schema has parts that are worth a place of their own. */
export function hasParts(schema: SchemaObject, schemas: Schemas): boolean {
  const name = toName(schema);
  if (name !== null) return hasParts(schemas[name] ?? {}, schemas);
  const { properties, items, additionalProperties } = schema;
  const inner = [items, typeof additionalProperties === 'object' ? additionalProperties : undefined];
  const branches = [...toBranches(schema), ...inner.filter((part) => part !== undefined)];
  return properties !== undefined || branches.some((part) => hasParts(part, schemas));
}

/** What a schema is one of. */
export function toBranches({ anyOf = [], oneOf = [], allOf = [] }: SchemaObject): SchemaObject[] {
  return [...anyOf, ...oneOf, ...allOf];
}
