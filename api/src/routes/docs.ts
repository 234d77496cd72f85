import { readFile } from 'node:fs/promises';
import * as z from 'zod';
import { route } from '../http/route.ts';
import { toContentPolicy } from '../http/security-headers.ts';

const own = ["'self'"];
/** The page has no script, and its style is a file of its own. */
const POLICY = toContentPolicy({ 'style-src': own, 'img-src': own });
const STYLE = new URL('../docs/docs.css', import.meta.url);

export const docsRoutes = [
  route({
    id: 'getDocs',
    method: 'GET',
    path: '/api/docs',
    summary: 'This API as a page to read.',
    access: 'public',
    replies: {
      200: {
        description: 'The page.',
        type: 'text/html',
        schema: z.string(),
        example: '<!doctype html>\n<title>Understudy API</title>',
      },
    },
    async handle({ docsPage }) {
      return {
        status: 200,
        text: { type: 'text/html; charset=utf-8', content: docsPage() },
        headers: { 'Content-Security-Policy': POLICY },
      };
    },
  }),
  route({
    id: 'getDocsStyle',
    method: 'GET',
    path: '/api/docs.css',
    summary: 'The style sheet of the page.',
    access: 'public',
    replies: {
      200: { description: 'It.', type: 'text/css', schema: z.string(), example: ':root {}' },
    },
    async handle() {
      return {
        status: 200,
        text: { type: 'text/css; charset=utf-8', content: await readFile(STYLE, 'utf8') },
      };
    },
  }),
];
