import { toPublicUrl } from '@understudy/shared/runtime/public-url';
import type { ApiConfig } from './config.ts';
import type { Context } from './context.ts';
import { renderDocs } from './docs/render-docs.ts';
import { createOpenApiDocument } from './openapi/create-document.ts';
import { routes } from './routes/routes.ts';

/** What the API says of itself, made when it is first asked for. */
export function createDocuments(
  config: Pick<ApiConfig, 'PUBLIC_URL' | 'HOST' | 'PORT'>,
): Pick<Context, 'openApi' | 'docsPage'> {
  const base = toPublicUrl(config, config.PORT);
  let document: object | undefined;
  let page: string | undefined;
  const openApi = () => (document ??= createOpenApiDocument(routes));
  return { openApi, docsPage: () => (page ??= renderDocs(openApi(), base)) };
}
