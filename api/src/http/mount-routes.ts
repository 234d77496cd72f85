import { AppError } from '@understudy/shared/errors';
import { Router, type RequestHandler } from 'express';
import type { Context } from '../context.ts';
import type { Route } from './route.ts';
import { runRoute } from './run-route.ts';

/** A router over the table: static paths first, and for each path a 405 for every method that it does not have. */
export function mountRoutes(rows: readonly Route[], ctx: Context): Router {
  const router = Router({ caseSensitive: true });
  for (const [path, ofPath] of [...groupByPath(rows)].toSorted(([a], [b]) => compareStaticFirst(a, b))) {
    const mounted = router.route(path);
    for (const row of ofPath) {
      mounted[row.method.toLowerCase() as Lowercase<Route['method']>](runRoute(row, ctx));
    }
    mounted.all(refuseMethod(ofPath.map(({ method }) => method)));
  }
  return router;
}

function groupByPath(rows: readonly Route[]): Map<string, Route[]> {
  return Map.groupBy(rows, ({ path }) => path);
}

/** `/providers/health` before `/providers/:id`, whatever the order of the rows. */
function compareStaticFirst(a: string, b: string): number {
  const [left, right] = [a.split('/'), b.split('/')];
  for (const [index, part] of left.entries()) {
    const varies = [part, right[index] ?? ''].map((segment) => segment.startsWith(':'));
    if (varies[0] !== varies[1]) return varies[0] ? 1 : -1;
  }
  return 0;
}

function refuseMethod(methods: readonly string[]): RequestHandler {
  const allow = [...methods, ...(methods.includes('GET') ? ['HEAD'] : []), 'OPTIONS'].toSorted().join(', ');
  return (req, res) => {
    if (req.method === 'OPTIONS') return void res.status(204).setHeader('Allow', allow).end();
    throw new AppError('method_not_allowed', `This path takes ${allow}.`, { details: { allow } });
  };
}
