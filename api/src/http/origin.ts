import { AppError } from '@understudy/shared/errors';
import type { Request } from 'express';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request changes nothing (RFC 9110 §9.2.1). */
export function isSafe(req: Request): boolean {
  return SAFE_METHODS.has(req.method);
}

/**
 * Refuses what another site's page sends: `Origin` must be the console's own address, as PUBLIC_URL has it or as
 * the caller addressed us. @throws {AppError} `forbidden`.
 */
export function assertOwnOrigin(
  req: Request,
  publicUrl: string | undefined,
  options: { required: boolean },
): void {
  const { origin, host } = req.headers;
  if (origin === undefined && !options.required) return;
  const sent = URL.parse(origin ?? '');
  if (sent && (sent.host === host || (publicUrl !== undefined && sent.origin === new URL(publicUrl).origin)))
    return;
  throw new AppError(
    'forbidden',
    'A change made with a session cookie must come from the console itself (Origin).',
  );
}
