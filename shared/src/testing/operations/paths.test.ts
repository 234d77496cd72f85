import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from 'vitest';

const DOCS = fileURLToPath(new URL('../../../../docs', import.meta.url));
const { paths } = JSON.parse(readFileSync(path.join(DOCS, 'openapi.json'), 'utf8')) as {
  paths: Record<string, object>;
};
const known = new Set(
  Object.entries(paths).flatMap(([route, item]) =>
    Object.keys(item).map((method) => `${method.toUpperCase()} ${route.replaceAll(/\{\w+\}/g, '*')}`),
  ),
);

/** Calls that a page names, such as `GET /api/providers/NAME/usage?interval=day`, without what varies in them. */
const listCalls = (page: string) =>
  [...page.matchAll(/\b(GET|POST|PUT|PATCH|DELETE) (\/api\/[\w/:-]*)/g)].map(
    ([, method, route = '']) => `${method} ${route.replaceAll(/(?<=\/)(:\w+|[A-Z]{2,})/g, '*')}`,
  );

it('knows a call that there is from one that there is not', () => {
  const calls = listCalls('`GET /api/providers/NAME/usage?x=1`, POST /api/webhooks/:id/nonsense.');
  expect(calls.map((call) => known.has(call))).toEqual([true, false]);
});

it.each(globSync('operations/**/*.md', { cwd: DOCS }))('%s names calls that there are', (file) => {
  const calls = listCalls(readFileSync(path.join(DOCS, file), 'utf8'));
  expect(calls.filter((call) => !known.has(call))).toEqual([]);
});
