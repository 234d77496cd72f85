import { randomUUID } from 'node:crypto';
import type { NextFunction, Request, Response } from 'express';

const GIVEN = /^[A-Za-z0-9._-]{8,128}$/;

/** Takes the caller's `X-Request-Id` where it is well formed, else makes one; answers it in every reply. */
export function assignRequestId(req: Request, res: Response, next: NextFunction): void {
  const given = req.get('X-Request-Id');
  req.id = given !== undefined && GIVEN.test(given) ? given : randomUUID();
  res.setHeader('X-Request-Id', req.id);
  next();
}

/** The id that `assignRequestId` gave. */
export function toRequestId(req: Request): string {
  return String(req.id);
}
