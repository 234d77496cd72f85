import OpenAI from 'openai';
import type { ChatCompletionCreateParamsNonStreaming } from 'openai/resources/chat/completions';
import { answerQuestions } from '../bed/child.ts';
import { now } from '../measure/now.ts';

export interface CallsQuestion {
  request: ChatCompletionCreateParamsNonStreaming;
  count: number;
}

const { BENCH_VENDOR_URL = '', BENCH_API_KEY = '' } = process.env;
const client = new OpenAI({ apiKey: BENCH_API_KEY, baseURL: BENCH_VENDOR_URL, maxRetries: 0 });

/** The bare call, one after the other: how long each took, in milliseconds. */
async function call({ request, count }: CallsQuestion): Promise<number[]> {
  const ms: number[] = [];
  for (let number = 0; number < count; number += 1) {
    const startedAt = now();
    const reply = await client.chat.completions.create(request);
    JSON.parse(reply.choices[0]?.message.content ?? '');
    ms.push(now() - startedAt);
  }
  return ms;
}

answerQuestions(call);
