import { execFileSync } from 'node:child_process';
import { expect, it } from 'vitest';
import { createOpenApiDocument } from '../openapi/create-document.ts';
import { routes } from '../routes/routes.ts';
import type { DocumentObject } from './document.ts';
import { renderDocs } from './render-docs.ts';
import { toCurl } from './to-curl.ts';

const BASE = 'https://understudy.example.com';
const toDocument = () => structuredClone(createOpenApiDocument(routes)) as unknown as DocumentObject;
const page = renderDocs(toDocument(), BASE);

/** The article of an operation, without its tags. */
function readArticle(id: string): string {
  const [, article = ''] = new RegExp(`<article id="${id}"(.*?)</article>`, 's').exec(page) ?? [];
  return article.replaceAll(/<[^>]+>/g, ' ').replaceAll(/\s+/g, ' ');
}

it.each(routes.map((row) => [row.id, row] as const))('shows %s', (id, row) => {
  const text = readArticle(id);
  const path = row.path.replaceAll(/:(\w+)/g, '{$1}');
  expect(text).toContain(`${row.method} ${path}`);
  expect(text).toContain(
    row.access === 'public' ? 'open to all' : row.access.replace('signed-in', 'Any token'),
  );
  expect(text).toContain(`curl${id === 'openEvents' ? ' -N' : ''}`);
  for (const code of row.problems ?? []) expect(text).toContain(code);
  for (const status of Object.keys(row.replies)) expect(text).toContain(status);
});

it('leads nowhere that is not there, and has no two places of one name', () => {
  const ids = [...page.matchAll(/\sid="([^"]+)"/g)].map(([, id]) => id);
  expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
  const targets = [...page.matchAll(/href="#([^"]+)"/g)].map(([, id]) => id);
  expect(targets.filter((id) => !ids.includes(id))).toEqual([]);
});

it('has no script, no style of its own, and loads nothing from elsewhere', () => {
  expect(page).not.toMatch(/<script|\sstyle=|\son\w+=/i);
  const loaded = [...page.matchAll(/(?:href|src)="([^"]*)"/g)].map(([, address = '']) => address);
  expect(loaded.filter((address) => !/^[#/](?!\/)/.test(address))).toEqual([]);
});

it('escapes whatever the document says', () => {
  const evil = `"><script>alert('x')</script>&amp;`;
  const document = toDocument();
  const { post } = document.paths['/api/tokens'] ?? {};
  if (!post?.requestBody) throw new Error('There is no such operation');
  Object.assign(post, { summary: evil, description: `${evil}\n\n\`${evil}\``, operationId: evil });
  post.requestBody.content = {
    [evil]: { example: { [evil]: evil }, schema: { enum: [evil], default: evil } },
  };
  document.components.schemas[evil] = {
    description: evil,
    properties: { [evil]: { const: evil, format: evil } },
  };
  const text = renderDocs(document, BASE);
  expect(text).toContain('&lt;script&gt;');
  expect(text).not.toContain('<script');
  expect(text).not.toContain(evil);
  expect(text.split('&amp;amp;').length).toBeGreaterThan(10);
});

it('gives a line of curl that a shell reads as it was meant', () => {
  const { post } = toDocument().paths['/api/classifications'] ?? {};
  const media = post?.requestBody?.content['application/json'];
  if (!post || !media) throw new Error('There is no such operation');
  media.example = { text: `It's "$HOME" \`id\` \\ on\ntwo lines` };
  const line = toCurl(post, { method: 'post', path: '/api/classifications', base: BASE });
  const script = `curl() { printf '%s\\0' "$@"; }\nTOKEN=ust_x\n${line}`;
  const words = execFileSync('/bin/sh', ['-c', script], { encoding: 'utf8' }).split('\0');
  expect(words).toEqual([
    '-X',
    'POST',
    `${BASE}/api/classifications`,
    '-H',
    'Authorization: Bearer ust_x',
    '-H',
    'Idempotency-Key: my-key-1',
    '-H',
    'Prefer: wait=30',
    '-H',
    'Content-Type: application/json',
    '-d',
    JSON.stringify(media.example),
    '',
  ]);
});

it('shows a body that has no example without one', () => {
  const document = toDocument();
  const { post } = document.paths['/api/classifications'] ?? {};
  if (!post?.requestBody) throw new Error('There is no such operation');
  for (const media of Object.values(post.requestBody.content)) delete media.example;
  const line = toCurl(post, { method: 'post', path: '/api/classifications', base: BASE });
  expect(line).toMatch(/-H 'Content-Type: application\/json'$/);
  expect(renderDocs(document, BASE)).toContain('id="submitClassification"');
});
