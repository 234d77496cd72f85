import { AppError } from '@understudy/shared/errors';

const MAX_WRITTEN_OUT_BYTES = 256 * 1_048_576;

/**
 * Counts what the jobs of one request come to, each with all that it has in common with the others written into it.
 * @throws {AppError} `body_too_large` where that is too much, with what to do about it.
 */
export function countWrittenOut({ mend }: { mend: string }): (bytes: number) => void {
  let written = 0;
  return (bytes) => {
    written += bytes;
    if (written <= MAX_WRITTEN_OUT_BYTES) return;
    const detail = `Written out for each job it is larger than ${MAX_WRITTEN_OUT_BYTES} bytes; ${mend}.`;
    throw new AppError('body_too_large', detail);
  };
}
