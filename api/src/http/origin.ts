import { AppError } from '@understudy/shared/errors';
import type { Request } from 'express';

const SAFE_METHODS = new Set(['GET', 'HEAD', 'OPTIONS']);

/** Whether a request changes nothing (RFC 9110 §9.2.1). */
export function isSafe(req: Request): boolean {
  return SAFE_METHODS.has(req.method);
}

/**
 * Refuses what another site's page sends: `Origin` must be the console's own address, as PUBLIC_URL has it or as
 * the caller addressed us, and `Sec-Fetch-Site`, where a browser sends it, must say so too. Where the console is on
 * https, a page of the same host without it is another's. @throws {AppError} `forbidden`.
 */
export function assertOwnOrigin(
  req: Request,
  publicUrl: string | undefined,
  options: { required: boolean },
): void {
  const { origin, host, 'sec-fetch-site': site } = req.headers;
  const isMissing = origin === undefined && !options.required;
  const isOwnSite = site === undefined || site === 'same-origin';
  if (isOwnSite && (isMissing || isOwn(URL.parse(origin ?? ''), host, URL.parse(publicUrl ?? '')))) return;
  throw new AppError(
    'forbidden',
    'A change made with a session cookie must come from the console itself (Origin).',
  );
}

function isOwn(sent: URL | null, host: string | undefined, own: URL | null): boolean {
  if (!sent) return false;
  if (own && sent.origin === own.origin) return true;
  return sent.host === host && (own?.protocol !== 'https:' || sent.protocol === 'https:');
}
