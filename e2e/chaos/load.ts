import { toJob } from './provider.ts';
import type { Submitter } from './submitter.ts';

/** Submits `rate` jobs a second until it is stopped, which gives how many they were: all of them accepted by then. */
export function startLoad(
  submitter: Pick<Submitter, 'submit'>,
  { name, rate }: { name: string; rate: number },
): { stop(): Promise<number> } {
  const submits: Promise<string>[] = [];
  const timer = setInterval(() => {
    const text = `${name} ${submits.length}`;
    submits.push(submitter.submit(toJob(text), text));
  }, 1_000 / rate);
  return {
    async stop() {
      clearInterval(timer);
      await Promise.all(submits);
      return submits.length;
    },
  };
}
