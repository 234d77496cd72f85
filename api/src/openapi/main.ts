import { routes } from '../routes/routes.ts';
import { createOpenApiDocument } from './create-document.ts';

// What `npx understudy openapi` prints and compares: the document as text, the same each time.
process.stdout.write(`${JSON.stringify(createOpenApiDocument(routes), null, 2)}\n`);
