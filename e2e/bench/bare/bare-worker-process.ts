import { Queue, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { answerQuestions } from '../bed/child.ts';
import { LABEL } from '../bed/workload.ts';

/** Jobs to be put into the queue and done, until all have ended. */
export interface BareQuestion {
  texts: string[];
  concurrency: number;
  /** The product's own request; `text` stands in it where the job's is to be. */
  request: ChatCompletionCreateParamsNonStreaming;
  text: string;
}

export interface BareAnswer {
  /** Ends whose answer was the label that the vendor always gives. */
  good: number;
}

const NAME = 'bare';
const { BENCH_REDIS_URL = '', BENCH_VENDOR_URL = '', BENCH_API_KEY = '' } = process.env;
const connection = () => new Redis(BENCH_REDIS_URL, { maxRetriesPerRequest: null });
const client = new OpenAI({ apiKey: BENCH_API_KEY, baseURL: BENCH_VENDOR_URL, maxRetries: 0 });

/** What anybody would write: take a job, make the call, return its answer. */
async function run({ texts, concurrency, request, text }: BareQuestion): Promise<BareAnswer> {
  const queue = new Queue<{ text: string }, string>(NAME, { connection: connection() });
  const jobs = texts.map((text) => ({ name: NAME, data: { text }, opts: { removeOnComplete: true } }));
  await queue.addBulk(jobs);
  const [system, question] = request.messages;
  const template = String(question?.content);
  let good = 0;
  let ended = 0;
  const done = Promise.withResolvers<void>();
  const worker = new Worker<{ text: string }, string>(
    NAME,
    async ({ data }) => {
      const content = template.replace(text, () => data.text);
      const reply = await client.chat.completions.create({
        ...request,
        messages: [...(system ? [system] : []), { role: 'user', content }],
      });
      return (JSON.parse(reply.choices[0]?.message.content ?? '{}') as { label: string }).label;
    },
    { connection: connection(), concurrency },
  );
  worker.on('completed', (_, label) => {
    if (label === LABEL) good += 1;
    ended += 1;
    if (ended === texts.length) done.resolve();
  });
  worker.on('failed', (_, error) => done.reject(error));
  await done.promise;
  await worker.close();
  await queue.close();
  return { good };
}

answerQuestions(run);
