import type { RequestHandler } from 'express';
import helmet from 'helmet';
import type { ApiConfig } from '../config.ts';

/** Headers of every reply; the API's own replies need nothing, the console and the board allow what they need. */
export function createSecurityHeaders({ PUBLIC_URL }: Pick<ApiConfig, 'PUBLIC_URL'>): RequestHandler[] {
  return [
    helmet({
      contentSecurityPolicy: false,
      strictTransportSecurity: PUBLIC_URL?.startsWith('https:') ?? false,
      referrerPolicy: { policy: 'same-origin' },
      xFrameOptions: { action: 'deny' },
    }),
    createContentPolicy({}),
  ];
}

/** Sends a policy of nothing but what `directives` name. */
export function createContentPolicy(directives: Record<string, string[]>): RequestHandler {
  const policy = toContentPolicy(directives);
  return (_req, res, next) => {
    res.setHeader('Content-Security-Policy', policy);
    next();
  };
}

/** A Content-Security-Policy of nothing but what `directives` name. */
export function toContentPolicy(directives: Record<string, string[]>): string {
  const none = ["'none'"];
  const all = {
    'default-src': none,
    'base-uri': none,
    'form-action': none,
    'frame-ancestors': none,
    ...directives,
  };
  return Object.entries(all)
    .map(([name, sources]) => `${name} ${sources.join(' ')}`)
    .join('; ');
}
