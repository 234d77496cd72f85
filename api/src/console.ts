import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import express, { Router } from 'express';
import { refusePath } from './http/refuse-path.ts';
import { createContentPolicy } from './http/security-headers.ts';

const BUILT_CONSOLE = fileURLToPath(new URL('../../ui/dist', import.meta.url));
const NOT_BUILT = 'The console is not built. Build it with: npm run build --workspace ui\n';

const own = ["'self'"];
const POLICY = {
  'script-src': own,
  'style-src': own,
  'img-src': [...own, 'data:'],
  'font-src': own,
  'connect-src': own,
  'manifest-src': own,
  'form-action': own,
};

/** Its files are small: nobody needs a part of one, and a part that one has not would be an error. */
const WHOLE = { acceptRanges: false };

/** Serves the built console: its files, and `index.html` for every path that is a page of it. */
export function createConsole(folder = BUILT_CONSOLE): Router {
  const router = Router();
  router.use(createContentPolicy(POLICY));
  // A hashed file's content never changes; one that is not there must not be answered with a page.
  router.use(
    '/assets',
    express.static(join(folder, 'assets'), { ...WHOLE, immutable: true, maxAge: '1y', index: false }),
  );
  router.use('/assets', refusePath);
  router.use(express.static(folder, { ...WHOLE, index: false, cacheControl: false, setHeaders: revalidate }));
  router.use((req, res) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return refusePath();
    if (existsSync(join(folder, 'index.html'))) {
      return res.sendFile('index.html', { ...WHOLE, root: folder, cacheControl: false, headers: NO_CACHE });
    }
    res.status(503).type('text/plain').send(NOT_BUILT);
  });
  return router;
}

const NO_CACHE = { 'Cache-Control': 'no-cache' };

function revalidate(res: { setHeader(name: string, value: string): unknown }) {
  res.setHeader('Cache-Control', NO_CACHE['Cache-Control']);
}
