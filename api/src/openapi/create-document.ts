import { VERSION } from '@understudy/shared/version';
import { createDocument } from 'zod-openapi';
import type { Route } from '../http/route.ts';
import { describeBeyondZod } from './describe-beyond-zod.ts';
import { HEADER_COMPONENTS } from './headers.ts';
import { PROBLEM_EXAMPLES, toProblemComponents } from './problems.ts';
import { nameSchemas } from './schemas.ts';
import { toTagObjects } from './tags.ts';
import { toOperation } from './to-operation.ts';
import type { OpenApiDocument, PathItem } from './types.ts';
import { toWebhooks } from './webhooks.ts';

const DESCRIPTION = `
Text classification by whichever AI provider can answer. The API changes only by addition: ignore fields that you do not know.

**Errors** are \`application/problem+json\` (RFC 9457) with a stable \`code\`. A path that is not here is a 404 \`not_found\`,
a method that a path does not have a 405 \`method_not_allowed\` with \`Allow\`. An input that does not fit is a 422
\`validation_failed\` whose \`errors\` name each fault by a JSON pointer, or \`?key\` for a query; fields and query keys that
are not known are faults, too. Worth repeating are 429, 500 and 503, after \`Retry-After\` where there is one.

**Lists** answer \`{ data, nextCursor }\`, newest first: ask again with \`cursor\` until it is null.

**Writes.** \`PUT\` takes the whole resource, \`PATCH\` (JSON Merge Patch, RFC 7396) what is to change. \`If-Match\` with the
\`ETag\` of a read guards against lost updates. \`HEAD\` is answered as \`GET\` without a body, \`OPTIONS\` with \`Allow\`.

**Scopes.** \`jobs:*\` are for upstream systems, \`providers:*\` for operators; a write scope includes its read scope, and
\`admin\` includes all. \`X-Request-Id\` is taken where it is 8-128 of \`A-Z a-z 0-9 . _ -\`, else made.`.trim();

/** The OpenAPI 3.1 document of a route table: every row, its input, its replies and its errors, and the webhooks. */
export function createOpenApiDocument(rows: readonly Route[]): OpenApiDocument {
  nameSchemas();
  const paths: Record<string, PathItem> = {};
  for (const row of rows) {
    const item = (paths[toTemplate(row.path)] ??= {});
    item[row.method.toLowerCase() as Lowercase<Route['method']>] = toOperation(row);
  }
  return createDocument(
    {
      openapi: '3.1.0',
      info: {
        title: 'Understudy',
        version: VERSION,
        description: DESCRIPTION,
        license: { name: 'MIT', identifier: 'MIT' },
      },
      servers: [{ url: '/', description: 'The service that this document came from.' }],
      tags: toTagObjects(rows.map(({ path }) => path)),
      paths,
      webhooks: toWebhooks(),
      components: {
        securitySchemes: {
          token: { type: 'http', scheme: 'bearer', description: 'A token, `ust_…`.' },
          session: {
            type: 'apiKey',
            in: 'cookie',
            name: 'understudy_session',
            description:
              'The console’s session; on https the cookie is `__Host-understudy`. Changes need `Origin`, too.',
          },
        },
        headers: HEADER_COMPONENTS,
        responses: toProblemComponents(rows),
        examples: PROBLEM_EXAMPLES,
      },
    },
    { override: describeBeyondZod },
  );
}

/** A path with `:name` parts as OpenAPI has it. */
export function toTemplate(path: string): string {
  return path.replaceAll(/:(\w+)/g, '{$1}');
}
