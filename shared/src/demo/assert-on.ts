import { ProblemError } from '../client/problem-error.ts';

/**
 * @throws where the provider is switched off: its jobs would wait until their deadlines. Of one that is not known, or may
 * not be read with this token, the first job tells.
 */
export async function assertOn(
  read: (name: string) => Promise<{ enabled: boolean }>,
  name: string,
): Promise<void> {
  const provider = await read(name).catch((error: unknown) => {
    if (error instanceof ProblemError && (error.status === 403 || error.status === 404)) return null;
    throw error;
  });
  if (provider?.enabled !== false) return;
  throw new Error(
    `${name} is switched off, and would answer nothing. Switch it on in the console under Advanced, or leave --provider out.`,
  );
}
