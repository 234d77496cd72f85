import type { DocumentObject, OperationObject, ReplyObject } from './document.ts';
import { html, inline, prose, type Html } from './html.ts';
import { renderParts, renderType } from './render-schema.ts';
import { toCurl } from './to-curl.ts';

interface Place {
  method: string;
  path: string;
  /** Where the service is, for the line with curl. */
  base: string;
  document: DocumentObject;
}

/** One operation: who may call it, what it takes, what it answers. */
export function renderOperation(operation: OperationObject, place: Place): Html {
  const { operationId, summary, description, security } = operation;
  return html`<article id="${operationId}" aria-labelledby="${operationId}-title">
    <h3 id="${operationId}-title">
      <span class="method ${place.method}">${place.method.toUpperCase()}</span> <code>${place.path}</code>
      <a class="anchor" href="#${operationId}" aria-label="Link to ${operationId}">#</a>
    </h3>
    <p class="summary">
      ${inline(summary)} ${security.length === 0 && html`<span class="scope">open to all</span>`}
    </p>
    ${description && prose(description)} ${renderParameters(operation, place.document)}
    ${renderBody(operation, place.document)}
    <details class="curl">
      <summary>curl</summary>
      <pre tabindex="0"><code>${toCurl(operation, place)}</code></pre>
    </details>
    ${renderReplies(operation, place.document)}
  </article>`;
}

function renderParameters({ parameters = [] }: OperationObject, { components }: DocumentObject): Html | null {
  if (parameters.length === 0) return null;
  return html`<h4>Parameters</h4>
    <ul class="fields">
      ${parameters.map(
        ({ in: where, name, description, required, schema }) =>
          html`<li>
            <code class="name">${name}</code> <span class="in">${where}</span>
            ${required && html`<span class="required">required</span>`}
            <span class="type">${renderType(schema, components.schemas)}</span>
            ${
              schema.default !== undefined &&
              html`<span class="default">default <code>${JSON.stringify(schema.default)}</code></span>`
            }
            ${description && html`<span class="about">${inline(description)}</span>`}
          </li>`,
      )}
    </ul>`;
}

/** The body of a request or a message. */
export function renderBody({ requestBody }: OperationObject, { components }: DocumentObject): Html | null {
  if (!requestBody) return null;
  // The two types of a patch have one body.
  const types = Object.groupBy(Object.entries(requestBody.content), ([, media]) => JSON.stringify(media));
  return html`<h4>Body${requestBody.required !== true && ' (optional)'}</h4>
    ${Object.values(types).map((same) => {
      const media = same?.[0]?.[1];
      const names = same?.map(([type]) => type).join(', ');
      return html`<p class="media">
          <code>${names}</code> ${media?.schema && renderType(media.schema, components.schemas)}
        </p>
        ${
          media?.schema &&
          html`<details>
            <summary>Fields<span class="sr"> of the body as ${names}</span></summary>
            ${renderParts(media.schema, components.schemas)}
          </details>`
        }
        ${renderExample(media?.example)}`;
    })}`;
}

function renderExample(example: unknown): Html | null {
  if (example === undefined) return null;
  const text = typeof example === 'string' ? example : JSON.stringify(example, null, 2);
  return html`<details>
    <summary>Example</summary>
    <pre tabindex="0"><code>${text}</code></pre>
  </details>`;
}

function renderReplies({ responses }: OperationObject, { components }: DocumentObject): Html {
  const replies = Object.entries(responses).map(([status, reply]) => ({
    status,
    reply: '$ref' in reply ? components.responses[reply.$ref.replace(/.*\//, '')] : reply,
  }));
  const isError = ({ reply }: { reply: ReplyObject | undefined }) =>
    reply?.content?.['application/problem+json'] !== undefined;
  return html`<h4>Replies</h4>
    <dl class="replies">
      ${replies
        .filter((entry) => !isError(entry))
        .map(
          ({ status, reply }) =>
            html`<dt>${status}</dt>
              <dd>${reply && renderReply(reply, components.schemas)}</dd>`,
        )}
      ${replies.filter(isError).map(
        ({ status, reply }) =>
          html`<dt class="error">${status}</dt>
            <dd>${renderCodes(reply)}</dd>`,
      )}
    </dl>`;
}

function renderReply(reply: ReplyObject, schemas: DocumentObject['components']['schemas']): Html {
  const headers = Object.keys(reply.headers ?? {}).filter((name) => name !== 'X-Request-Id');
  return html`${inline(reply.description)} ${headers.map((name) => html` <code>${name}</code>`)}
  ${Object.entries(reply.content ?? {}).map(
    ([type, { schema, example }]) =>
      html`<p class="media"><code>${type}</code> ${schema && renderType(schema, schemas)}</p>
        ${renderExample(example)}`,
  )}`;
}

function renderCodes(reply: ReplyObject | undefined): Html {
  const codes = [...(reply?.description.matchAll(/`(\w+)`/g) ?? [])].map(([, code]) => code ?? '');
  return html`${codes.map((code) => html`<a href="#error-${code}"><code>${code}</code></a> `)}`;
}
