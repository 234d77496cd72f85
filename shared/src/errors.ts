/** Every code that the HTTP contract knows, with the status it is answered with. */
export const PROBLEM_STATUS = {
  malformed_json: 400,
  malformed_request: 400,
  invalid_cursor: 400,
  unauthenticated: 401,
  forbidden: 403,
  not_found: 404,
  job_not_found: 404,
  provider_not_found: 404,
  method_not_allowed: 405,
  request_timeout: 408,
  already_final: 409,
  not_retryable: 409,
  provider_name_taken: 409,
  classifier_name_taken: 409,
  no_other_provider: 409,
  stale: 412,
  body_too_large: 413,
  unsupported_media_type: 415,
  validation_failed: 422,
  idempotency_key_reused: 422,
  unknown_classifier: 422,
  unknown_provider: 422,
  rate_limited: 429,
  backlog_full: 429,
  headers_too_large: 431,
  internal_error: 500,
  store_unavailable: 503,
  no_worker: 503,
} as const;

export type ProblemCode = keyof typeof PROBLEM_STATUS;

/** One fault of an input: a JSON pointer (`/labels/1/name`) or a query key (`?limit`), and what is wrong there. */
export interface InputFault {
  pointer: string;
  detail: string;
  code: string;
}

interface AppErrorOptions {
  cause?: unknown;
  retryable?: boolean;
  details?: Record<string, unknown>;
}

/** An error that an edge may show: `code` is stable, `message` is for the caller, `cause` only for the log. */
export class AppError extends Error {
  readonly code: ProblemCode;
  readonly retryable: boolean;
  readonly details: Record<string, unknown>;

  constructor(code: ProblemCode, message: string, options: AppErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = new.target.name;
    this.code = code;
    this.retryable = options.retryable ?? false;
    this.details = options.details ?? {};
  }
}

/** The input does not fit its schema; `faults` names every one. */
export class ValidationError extends AppError {
  readonly faults: InputFault[];

  constructor(faults: InputFault[], code: ProblemCode = 'validation_failed') {
    super(code, faults.map((fault) => `${fault.pointer}: ${fault.detail}`).join('; '));
    this.faults = faults;
  }
}

export class NotFoundError extends AppError {}

/** The stored state was not the expected one: taken name, stale revision, job already final. */
export class ConflictError extends AppError {}

export class UnauthenticatedError extends AppError {
  constructor(message: string) {
    super('unauthenticated', message);
  }
}

export class ForbiddenError extends AppError {
  constructor(scope: string) {
    super('forbidden', `This needs the scope ${scope}.`, { details: { scope } });
  }
}

/** A limit, as the RateLimit headers tell it (draft-ietf-httpapi-ratelimit-headers-10). */
export interface QuotaPolicy {
  name: string;
  quota: number;
  /** Within which the quota holds; absent where it is of what there is at one time. */
  windowSeconds?: number;
  /** What is counted, where it is not requests. */
  unit?: 'concurrent-requests' | 'content-bytes';
}

/** The caller has used up what a policy allows. */
export class RateLimitedError extends AppError {
  readonly policy: QuotaPolicy;
  readonly retryAfterSeconds: number;

  constructor(message: string, policy: QuotaPolicy, retryAfterSeconds: number) {
    super('rate_limited', message, { retryable: true });
    this.policy = policy;
    this.retryAfterSeconds = retryAfterSeconds;
  }
}

/** The ledger did not confirm in time. The write may or may not have happened. `advice` says how to make sure. */
export class StoreUnavailableError extends AppError {
  constructor(cause: unknown, advice = '') {
    const message = `The ledger did not confirm in time. ${advice}`.trimEnd();
    super('store_unavailable', message, { cause, retryable: true });
  }
}

/** Wrong configuration: every fault at once, each a full sentence that says what to do. */
export class ConfigError extends Error {
  readonly faults: string[];

  constructor(faults: string[]) {
    super(`The configuration is wrong:\n${faults.map((fault) => `  - ${fault}`).join('\n')}`);
    this.name = 'ConfigError';
    this.faults = faults;
  }
}

/** Why the product does not start, for the person who started it: shown without a stack. */
export class StartError extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = new.target.name;
  }
}

/** A newer version has migrated the ledger, and this one would write what that does not understand. */
export class NewerLedgerError extends StartError {
  readonly found: string;
  readonly advice: string;

  /** Of the newest migration that this version knows, and how many more the ledger has. */
  constructor(known: number, newer: number) {
    const found = `The ledger was migrated by a newer version of Understudy: this one knows ${known} migrations, the ledger has ${newer} more.`;
    const advice =
      'Use the newer version; going back means to restore the back-up that was made before the upgrade.';
    super(`${found} ${advice}`);
    this.found = found;
    this.advice = advice;
  }
}
