import type { Problem } from '../contracts/problem.ts';

/** One fault of the input as the API names it: a JSON pointer (`/configuration/model`) and what is wrong there. */
export type ProblemFault = NonNullable<Problem['errors']>[number];

/** The API refused or failed. `code` is the contract's stable code, `requestId` finds the matching log lines. */
export class ProblemError extends Error {
  readonly status: number;
  readonly code: string;
  readonly detail: string;
  readonly errors: readonly ProblemFault[];
  readonly requestId: string | null;
  /** How long the API asked to wait before a repeat, or null where it did not say. */
  readonly retryAfterMs: number | null;

  constructor(
    problem: Pick<Problem, 'status' | 'code' | 'detail'> & { errors?: readonly ProblemFault[] | undefined },
    context: { requestId: string | null; retryAfterMs: number | null },
  ) {
    super(problem.detail);
    this.name = 'ProblemError';
    this.status = problem.status;
    this.code = problem.code;
    this.detail = problem.detail;
    this.errors = problem.errors ?? [];
    this.requestId = context.requestId;
    this.retryAfterMs = context.retryAfterMs;
  }
}

/** No answer came from the API at all: it is down, restarting, or the network between is. */
export class UnreachableError extends Error {
  constructor(cause: unknown) {
    super('The API could not be reached.', { cause });
    this.name = 'UnreachableError';
  }
}

/** Whether the same request may do better later: no reply at all, too many requests, or a passing fault. */
export function isWorthRepeating(error: unknown): boolean {
  if (error instanceof UnreachableError) return true;
  return error instanceof ProblemError && (error.status === 429 || error.status >= 500);
}
