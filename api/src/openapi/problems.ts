import { STATUS_CODES } from 'node:http';
import { problem, type Problem } from '@understudy/shared/contracts/problem';
import { PROBLEM_STATUS, type InputFault, type ProblemCode } from '@understudy/shared/errors';
import { PROBLEM_TYPE } from '../http/problem.ts';
import type { Route } from '../http/route.ts';
import { RATE_HEADERS, toHeaderReferences } from './headers.ts';
import type { ResponseObject, Responses } from './types.ts';

/** What stands in `detail` of each problem, in short. */
const DETAILS: Record<ProblemCode, string> = {
  malformed_request: 'The request is not valid HTTP.',
  request_timeout: 'The body did not arrive in time.',
  headers_too_large: 'The headers are too large.',
  malformed_json: 'The body is not valid JSON.',
  invalid_cursor: 'The cursor is not one of this list.',
  unauthenticated: 'Send a bearer token, or sign in.',
  forbidden: 'This needs the scope jobs:write.',
  not_found: 'There is nothing here.',
  job_not_found: 'There is no such job.',
  provider_not_found: 'There is no such provider.',
  method_not_allowed: 'This path takes GET, HEAD, OPTIONS.',
  already_final: 'The job has succeeded.',
  not_retryable: 'Only a failed or cancelled job can be tried again.',
  provider_name_taken: 'There is a provider of this name.',
  classifier_name_taken: 'There is a classifier of this name.',
  no_other_provider: 'No other provider could take over.',
  stale: 'It was changed since it was read: read it again, then repeat the change.',
  body_too_large: 'The body is larger than this route takes.',
  unsupported_media_type: 'The body must be application/json.',
  validation_failed: '/labels/1/name: must be unique',
  idempotency_key_reused: 'This key was used with another body.',
  unknown_classifier: '/classifier: There is no such classifier.',
  unknown_provider: '/providers/0: There is no such provider.',
  rate_limited: 'Too many requests.',
  backlog_full: 'Too many jobs wait already.',
  internal_error: 'Something went wrong here.',
  store_unavailable: 'The ledger did not confirm in time.',
  no_worker: 'No worker took this up in time.',
};

/** Codes whose problem names the faults of the input. */
const FAULTS: Partial<Record<ProblemCode, InputFault>> = {
  validation_failed: { pointer: '/labels/1/name', detail: 'must be unique', code: 'custom' },
  unknown_classifier: { pointer: '/classifier', detail: 'There is no such classifier.', code: 'unknown' },
  unknown_provider: { pointer: '/providers/0', detail: 'There is no such provider.', code: 'unknown' },
};

/** An example of every problem, by its code. */
export const PROBLEM_EXAMPLES = Object.fromEntries(
  Object.entries(PROBLEM_STATUS).map(([code, status]) => [code, { value: toExample(code, status) }]),
);

function toExample(code: string, status: number): Problem {
  const fault = FAULTS[code as ProblemCode];
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    code,
    detail: DETAILS[code as ProblemCode],
    instance: '/api/…',
    requestId: '2b1f6c1e-3f5a-4d0e-9a57-0c8f4f0f7c11',
    ...(fault ? { errors: [fault] } : {}),
  };
}

/** The row's errors and those that every row of its kind may answer, by status. */
export function toProblemReferences(row: Route): Responses {
  return Object.fromEntries(
    toCodesByStatus(row).map(([status, codes]) => [
      String(status),
      { $ref: `#/components/responses/${toName(codes)}` },
    ]),
  );
}

/** The replies that `toProblemReferences` of these rows refers to. */
export function toProblemComponents(rows: readonly Route[]): Record<string, ResponseObject> {
  const all = rows
    .flatMap(toCodesByStatus)
    .map(([status, codes]) => [toName(codes), toResponse(status, codes)]);
  return Object.fromEntries(all) as Record<string, ResponseObject>;
}

/** Rows that answer the same codes by a status share one component. */
function toName(codes: readonly ProblemCode[]): string {
  return codes.join('.');
}

function toResponse(status: number, codes: readonly ProblemCode[]): ResponseObject {
  const examples = codes.map((code) => [code, { $ref: `#/components/examples/${code}` }]);
  return {
    description: `${STATUS_CODES[status]}: ${codes.map((code) => `\`${code}\``).join(', ')}.`,
    headers: toHeaderReferences(HEADERS[status] ?? []),
    content: { [PROBLEM_TYPE]: { schema: problem, examples: Object.fromEntries(examples) } },
  };
}

const HEADERS: Partial<Record<number, Parameters<typeof toHeaderReferences>[0]>> = {
  401: ['WWW-Authenticate'],
  429: ['Retry-After', ...RATE_HEADERS],
  503: ['Retry-After'],
};

function toCodesByStatus(row: Route): [number, ProblemCode[]][] {
  const byStatus = Map.groupBy(toCodes(row).toSorted(), (code) => PROBLEM_STATUS[code]);
  return [...byStatus].filter(([status]) => !(status in row.replies));
}

function toCodes(row: Route): ProblemCode[] {
  return [
    ...new Set<ProblemCode>([
      'internal_error',
      'store_unavailable',
      'validation_failed',
      'malformed_request',
      'headers_too_large',
      ...(row.access === 'public' ? [] : (['unauthenticated', 'forbidden', 'rate_limited'] as const)),
      ...(row.params ? (['not_found'] as const) : []),
      ...(row.body || row.upload
        ? (['malformed_json', 'request_timeout', 'body_too_large', 'unsupported_media_type'] as const)
        : []),
      ...(row.problems ?? []),
    ]),
  ];
}
