import { STATUS_CODES } from 'node:http';
import type { Problem } from '@understudy/shared/contracts/problem';
import {
  AppError,
  NotFoundError,
  PROBLEM_STATUS,
  RateLimitedError,
  StoreUnavailableError,
  ValidationError,
} from '@understudy/shared/errors';
import { isStoreAway } from '@understudy/shared/store/store-away';
import { toRateLimitHeaders } from './rate-limit-headers.ts';

export const PROBLEM_TYPE = 'application/problem+json';

export interface ProblemReply {
  problem: Problem;
  headers: Record<string, string>;
}

/** The one map from errors to HTTP (RFC 9457). `type` is `about:blank`: the stable part is `code`. */
export function toProblem(error: unknown, request: { instance: string; requestId: string }): ProblemReply {
  const known = toAppError(error);
  const status = PROBLEM_STATUS[known.code];
  return {
    problem: {
      type: 'about:blank',
      title: STATUS_CODES[status] ?? 'Error',
      status,
      code: known.code,
      detail: toDetail(known),
      ...request,
      ...(known instanceof ValidationError ? { errors: known.faults } : {}),
    },
    headers: toHeaders(known),
  };
}

/** What an error is in the contract's terms; whatever is not known is an `internal_error` that tells nothing. */
export function toAppError(error: unknown): AppError {
  if (error instanceof AppError) return error;
  if (isStoreAway(error)) return new StoreUnavailableError(error);
  return (
    toRequestError(error) ?? new AppError('internal_error', 'Something went wrong here.', { cause: error })
  );
}

/** What Express, its body parser and what sends files throw for a bad request. */
function toRequestError(error: unknown): AppError | null {
  if (!(error instanceof Error) || !('status' in error) || typeof error.status !== 'number') return null;
  const type = 'type' in error ? error.type : undefined;
  if (type === 'entity.too.large')
    return new AppError('body_too_large', 'The body is larger than this route takes.');
  if (type === 'charset.unsupported' || type === 'encoding.unsupported')
    return new AppError('unsupported_media_type', 'The body is in an encoding that is not understood.');
  if (error instanceof URIError) return new NotFoundError('not_found', 'The path cannot be decoded.');
  if (error.status === 412) return new AppError('stale', 'The file is another by now.');
  if (error.status === 416) return new AppError('malformed_request', 'The file has no such range.');
  if (error.status >= 400 && error.status < 500)
    return new AppError('malformed_json', 'The body is not valid JSON.');
  return null;
}

function toDetail(error: AppError): string {
  if (!(error instanceof ValidationError)) return error.message;
  const [first, ...others] = error.faults;
  if (!first) return error.message;
  const where = first.pointer === '' ? 'the body' : first.pointer;
  return `${where}: ${first.detail}${others.length > 0 ? ` (and ${others.length} more, see errors)` : ''}`;
}

function toHeaders(error: AppError): Record<string, string> {
  if (error instanceof RateLimitedError) return toRetryHeaders(error);
  switch (error.code) {
    case 'unauthenticated':
      return { 'WWW-Authenticate': 'Bearer realm="understudy"' };
    case 'method_not_allowed':
      return { Allow: String(error.details['allow']) };
    case 'backlog_full':
      return { 'Retry-After': '5' };
    case 'store_unavailable':
      return { 'Retry-After': '1' };
    case 'no_worker':
      return { 'Retry-After': '5' };
    default:
      return {};
  }
}

function toRetryHeaders({ policy, retryAfterSeconds }: RateLimitedError): Record<string, string> {
  const standing = { remaining: 0, ...(policy.windowSeconds && { resetSeconds: retryAfterSeconds }) };
  return { 'Retry-After': String(retryAfterSeconds), ...toRateLimitHeaders(policy, standing) };
}
