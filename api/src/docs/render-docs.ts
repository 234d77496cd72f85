import type { DocumentObject, OperationObject } from './document.ts';
import { html, inline, prose, type Html } from './html.ts';
import { renderBody, renderOperation } from './render-operation.ts';
import { renderParts } from './render-schema.ts';
import { hasParts } from './schema-object.ts';

interface Listed {
  method: string;
  path: string;
  operation: OperationObject;
}

/** The page of an OpenAPI document: without a script, and everything that it says escaped. `base` is where the API is. */
export function renderDocs(source: object, base: string): string {
  const document = JSON.parse(JSON.stringify(source)) as DocumentObject;
  const { info, tags } = document;
  const listed = Object.entries(document.paths).flatMap(([path, item]) =>
    Object.entries(item).map(([method, operation]): Listed => ({ method, path, operation })),
  );
  const ofTag = (name: string) => listed.filter(({ operation }) => operation.tags.includes(name));
  const page = html`<!doctype html>
    <html lang="en">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1" />
        <meta name="color-scheme" content="light dark" />
        <title>${info.title} API</title>
        <link rel="stylesheet" href="/api/docs.css" />
        <link rel="icon" href="/favicon.svg" />
      </head>
      <body>
        <a class="skip" href="#main">Skip to the content</a>
        <header>
          <h1>${info.title} API <span class="version">${info.version}</span></h1>
          <p><a href="/api/openapi.json">OpenAPI document</a> <a href="/">Console</a></p>
        </header>
        <nav aria-label="Operations">
          ${tags.map(({ name }) => renderContents(name, ofTag(name)))}
          <p class="more">
            <a href="#messages">Webhook messages</a> <a href="#schemas">Schemas</a>
            <a href="#errors">Errors</a>
          </p>
        </nav>
        <main id="main">
          ${prose(info.description)}
          ${tags.map(
            ({ name, description }) =>
              html`<section id="tag-${name}" aria-labelledby="tag-${name}-title">
                <h2 id="tag-${name}-title">${toTitle(name)}</h2>
                <p>${inline(description)}</p>
                ${ofTag(name).map(({ operation, method, path }) =>
                  renderOperation(operation, { method, path, base, document }),
                )}
              </section>`,
          )}
          ${renderMessages(document)} ${renderSchemas(document)} ${renderErrors(document)}
        </main>
      </body>
    </html>`;
  return `${page.text}\n`;
}

function toTitle(name: string): string {
  return name.charAt(0).toUpperCase() + name.slice(1);
}

function renderContents(name: string, listed: Listed[]): Html {
  return html`<details>
    <summary>${toTitle(name)}</summary>
    <ul>
      <li><a href="#tag-${name}">About</a></li>
      ${listed.map(
        ({ method, path, operation }) =>
          html`<li>
            <a href="#${operation.operationId}"
              ><span class="method ${method}">${method.toUpperCase()}</span> ${path}</a
            >
          </li>`,
      )}
    </ul>
  </details>`;
}

function renderMessages(document: DocumentObject): Html {
  const [first] = Object.values(document.webhooks);
  return html`<section id="messages" aria-labelledby="messages-title">
    <h2 id="messages-title">Webhook messages</h2>
    <p>What an endpoint is sent, by <code>POST</code>, with these headers:</p>
    <ul class="fields">
      ${first?.post.parameters?.map(
        ({ name, description = '' }) =>
          html`<li><code class="name">${name}</code> <span class="about">${inline(description)}</span></li>`,
      )}
    </ul>
    ${Object.entries(document.webhooks).map(
      ([type, { post }]) =>
        html`<article id="message-${type}">
          <h3><code>${type}</code></h3>
          <p class="summary">${inline(post.summary)}</p>
          ${renderBody(post, document)}
        </article>`,
    )}
  </section>`;
}

function renderSchemas({ components: { schemas } }: DocumentObject): Html {
  const named = Object.entries(schemas).filter(([, schema]) => hasParts(schema, schemas));
  return html`<section id="schemas" aria-labelledby="schemas-title">
    <h2 id="schemas-title">Schemas</h2>
    ${named
      .toSorted(([a], [b]) => (a < b ? -1 : 1))
      .map(
        ([name, schema]) =>
          html`<article id="schema-${name}">
            <h3>${name}</h3>
            ${schema.description && prose(schema.description)} ${renderParts(schema, schemas)}
          </article>`,
      )}
  </section>`;
}

function renderErrors({ components: { examples } }: DocumentObject): Html {
  return html`<section id="errors" aria-labelledby="errors-title">
    <h2 id="errors-title">Errors</h2>
    <p>By <code>code</code>, each as it might come.</p>
    ${Object.entries(examples).map(
      ([code, { value }]) =>
        html`<article id="error-${code}">
          <h3><code>${code}</code> ${value.status} ${value.title}</h3>
          <pre tabindex="0"><code>${JSON.stringify(value, null, 2)}</code></pre>
        </article>`,
    )}
  </section>`;
}
