import { html, inline, type Html } from './html.ts';
import { hasParts, toBranches, toName, type SchemaObject, type Schemas } from './schema-object.ts';

/** What a value may be, in a line: its type, its name, its bounds. */
export function renderType(schema: SchemaObject, schemas: Schemas): Html {
  const name = toName(schema);
  if (name !== null) {
    const target = schemas[name] ?? {};
    return hasParts(target, schemas)
      ? html`<a href="#schema-${name}">${name}</a>`
      : renderType(target, schemas);
  }
  const { type, items, additionalProperties } = schema;
  if (schema.enum) return html`${join(schema.enum.map(renderValue), ' | ')}`;
  if (schema.const !== undefined) return renderValue(schema.const);
  const branches = toBranches(schema);
  if (branches.length > 0)
    return html`${join(
      branches.map((branch) => renderType(branch, schemas)),
      ' | ',
    )}`;
  if (items) return html`array of ${renderType(items, schemas)}${toBounds(schema)}`;
  if (
    typeof additionalProperties === 'object' &&
    !schema.properties &&
    Object.keys(additionalProperties).length > 0
  )
    return html`map of ${renderType(additionalProperties, schemas)}`;
  return html`${[type ?? 'any'].flat().join(' | ')}${toBounds(schema)}`;
}

/** Everything that a value consists of, level by level; what is named elsewhere is a link. */
export function renderParts(schema: SchemaObject, schemas: Schemas): Html {
  const name = toName(schema);
  if (name !== null) return renderParts(schemas[name] ?? {}, schemas);
  const { properties, required = [], items } = schema;
  // What we answer is there but for a few; of what we take, most may be left out.
  const isTaken = schema.additionalProperties === false;
  if (properties) {
    return html`<ul class="fields">
      ${Object.entries(properties).map(([key, part]) => renderField(key, part, toMark(isTaken, required.includes(key)), schemas))}
    </ul>`;
  }
  if (items)
    return html`<p class="each">Each of them:</p>
      ${renderPartsOf(items, schemas)}`;
  const branches = toBranches(schema).filter(({ type }) => type !== 'null');
  if (branches.length === 0) return html`<p class="each">${renderType(schema, schemas)}</p>`;
  if (branches.length === 1 && branches[0]) return renderPartsOf(branches[0], schemas);
  return html`${branches.map(
    (branch, index) =>
      html`<p class="each">${index === 0 ? 'Either' : 'or'} ${renderType(branch, schemas)}</p>
        ${toName(branch) === null && hasParts(branch, schemas) && renderParts(branch, schemas)}`,
  )}`;
}

function renderPartsOf(schema: SchemaObject, schemas: Schemas): Html {
  return toName(schema) === null && hasParts(schema, schemas)
    ? renderParts(schema, schemas)
    : html`<p class="each">${renderType(schema, schemas)}</p>`;
}

function toMark(isTaken: boolean, isRequired: boolean): string | null {
  return isTaken === isRequired ? (isTaken ? 'required' : 'optional') : null;
}

function renderField(key: string, schema: SchemaObject, mark: string | null, schemas: Schemas): Html {
  const description = schema.description ?? schemas[toName(schema) ?? '']?.description;
  const isDeep = !isOnlyNamed(schema, schemas);
  return html`<li>
    <code class="name">${key}</code> ${mark !== null && html`<span class="required">${mark}</span> `}
    <span class="type">${renderType(schema, schemas)}</span>
    ${schema.default !== undefined && html`<span class="default">default ${renderValue(schema.default)}</span>`}
    ${description !== undefined && html`<span class="about">${inline(description)}</span>`}
    ${
      isDeep &&
      html`<details>
        <summary>Fields of <code>${key}</code></summary>
        ${renderParts(schema, schemas)}
      </details>`
    }
  </li>`;
}

/** Whether all of its parts have a place elsewhere, or it has none. */
function isOnlyNamed(schema: SchemaObject, schemas: Schemas): boolean {
  if (toName(schema) !== null || !hasParts(schema, schemas)) return true;
  if (schema.properties) return false;
  const { additionalProperties, items } = schema;
  const inner = [...toBranches(schema), ...(items ? [items] : [])];
  if (typeof additionalProperties === 'object') inner.push(additionalProperties);
  return inner.every((part) => isOnlyNamed(part, schemas));
}

function toBounds(schema: SchemaObject): Html {
  const { minimum, maximum, minLength, maxLength, minItems, maxItems, format } = schema;
  const bounds = [
    toRange(minimum, maximum, ''),
    toRange(minLength, maxLength, ' characters'),
    toRange(minItems, maxItems, ' items'),
  ].filter((bound) => bound !== null);
  return html`${format !== undefined && html` (${format})`}${bounds.map((bound) => html`, ${bound}`)}`;
}

function toRange(min: number | undefined, max: number | undefined, unit: string): string | null {
  const most = max === Number.MAX_SAFE_INTEGER ? undefined : max;
  const least = min === Number.MIN_SAFE_INTEGER ? undefined : min;
  if (least === undefined && most === undefined) return null;
  if (most === undefined) return `at least ${least?.toLocaleString('en')}${unit}`;
  return `${least === undefined ? 'up to' : `${least.toLocaleString('en')} to`} ${most.toLocaleString('en')}${unit}`;
}

function renderValue(value: unknown): Html {
  return html`<code>${JSON.stringify(value)}</code>`;
}

function join(parts: Html[], separator: string): Html {
  return html`${parts.map((part, index) => (index === 0 ? part : html`${separator}${part}`))}`;
}
