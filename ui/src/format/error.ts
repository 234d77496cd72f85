import { ProblemError, UnreachableError } from '@understudy/shared/client/problem-error';
import { toDuration } from './time.ts';

/** An error as the console shows it: what happened, what to do, and the id that finds it in the logs. */
export interface ErrorWords {
  title: string;
  advice: string;
  requestId: string | null;
}

const WORDS: Partial<Record<string, { title: string; advice: string }>> = {
  unauthenticated: { title: 'You are signed out.', advice: 'Sign in again.' },
  no_worker: {
    title: 'No worker was free to run this.',
    advice: 'Check that a worker process is running, then try again.',
  },
  stale: {
    title: 'Somebody changed this meanwhile.',
    advice: 'Open it again to see what they changed; what you typed was not saved.',
  },
  provider_not_found: { title: 'There is no such provider.', advice: 'It may have been deleted.' },
  job_not_found: {
    title: 'There is no such job.',
    advice: 'It may have been removed by retention, or belong to another client.',
  },
  internal_error: {
    title: 'Something failed inside Understudy.',
    advice: 'Try again. If it stays, look for the request id in the log.',
  },
  unexpected_reply: {
    title: 'The reply did not come from Understudy.',
    advice: 'A proxy in between may have answered. Check that the API is running.',
  },
};

/** What the call was for: a read is repeated by itself, a change that was not confirmed may have been made. */
export type ErrorContext = 'read' | 'download' | 'change' | 'sign-in';

const AGAIN: Record<ErrorContext, string> = {
  read: 'This page tries again by itself.',
  download: 'Then try again.',
  change: 'The change may or may not have been made: look before you try again.',
  'sign-in': 'Then try again.',
};

/** The one mapper from what a call threw to what the console says. */
export function toErrorWords(error: unknown, context: ErrorContext = 'change'): ErrorWords {
  if (error instanceof UnreachableError) {
    const advice = `Check that Understudy is running. ${AGAIN[context]}`;
    return { title: 'The API does not answer.', advice, requestId: null };
  }
  if (!(error instanceof ProblemError)) {
    return { title: 'Something failed in the console.', advice: 'Reload the page.', requestId: null };
  }
  const { requestId, retryAfterMs } = error;
  const wait = retryAfterMs === null ? '' : ` Try again in ${toDuration(retryAfterMs)}.`;
  if (error.code === 'store_unavailable') {
    const advice = `Check that MongoDB is running. ${AGAIN[context]}`;
    return { title: 'The ledger did not answer in time.', advice, requestId };
  }
  if (error.code === 'forbidden') {
    return { title: error.detail, advice: 'Sign in with a token that has this scope.', requestId };
  }
  if (error.code === 'validation_failed' && (context === 'read' || context === 'download')) {
    const faults = error.errors.map(({ pointer, detail }) => `${pointer.replace(/^[/?]/, '')}: ${detail}`);
    const advice = `${faults.join('; ')}. Clear the filters, or mend the address.`;
    return { title: 'The address asks for what there is not.', advice, requestId };
  }
  if (error.code === 'validation_failed') {
    return { title: 'Some fields need a change.', advice: 'Each says what is wrong with it.', requestId };
  }
  const words = WORDS[error.code] ?? { title: error.detail, advice: '' };
  return { title: words.title, advice: (words.advice + wait).trim(), requestId };
}
