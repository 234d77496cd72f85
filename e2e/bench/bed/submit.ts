import type { Caller } from '../measure/caller.ts';
import { now } from '../measure/now.ts';
import { LABELS, toText } from './workload.ts';

export const SUBMIT_PATH = '/api/classifications';

/** A job of the benchmark as an upstream system sends it. */
export function toSubmission(number: number): string {
  return JSON.stringify({
    text: toText(number),
    labels: LABELS,
    allowDegraded: false,
    metadata: { ticket: String(number) },
  });
}

/** When one job was sent and its answer was there, by the machine's clock. */
export interface Answered {
  sentAt: number;
  answeredAt: number;
}

/** Submits jobs one after the other, each once the one before it is answered. @throws where one has no answer */
export async function submitInTurn(caller: Caller, count: number): Promise<Answered[]> {
  const answered: Answered[] = [];
  for (let number = 0; number < count; number += 1) {
    const sentAt = now();
    const { status, body } = await caller.call('POST', SUBMIT_PATH, toSubmission(number), {
      prefer: 'wait=10',
    });
    const answeredAt = now();
    const { state } = JSON.parse(body) as { state: string };
    if (status >= 300 || state !== 'succeeded') throw new Error(`A job came to ${status} ${state}`);
    answered.push({ sentAt, answeredAt });
  }
  return answered;
}
