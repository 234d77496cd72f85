import { fork } from 'node:child_process';
import { once } from 'node:events';

/** A process of the benchmark's own beside the product's, which answers questions and ends with its parent. */
export interface Child<Question, Answer> {
  pid: number;
  ask(question: Question): Promise<Answer>;
  stop(): Promise<void>;
}

/** Starts a file as a process and waits until it answers. @throws when it ends first */
export async function startChild<Question extends object, Answer>(
  file: URL,
  env: Record<string, string> = {},
): Promise<Child<Question, Answer>> {
  const { PATH = '' } = process.env;
  const child = fork(file, { env: { PATH, ...env }, stdio: ['ignore', 'inherit', 'inherit', 'ipc'] });
  const exited = once(child, 'exit');
  const answers: ((answer: Answer) => void)[] = [];
  const failure = exited.then(() => {
    throw new Error(`${file.pathname} ended`);
  });
  failure.catch(() => {});
  const ready = Promise.withResolvers<void>();
  child.on('message', (message: 'ready' | { answer: Answer }) => {
    if (message === 'ready') ready.resolve();
    else answers.shift()?.(message.answer);
  });
  await Promise.race([ready.promise, failure]);
  return {
    pid: child.pid ?? 0,
    ask(question) {
      const answer = new Promise<Answer>((resolve) => answers.push(resolve));
      child.send(question);
      return Promise.race([answer, failure]);
    },
    async stop() {
      if (child.connected) child.disconnect();
      await exited;
    },
  };
}

/** The other end: answers one question after the other, and ends when nobody can ask any more. */
export function answerQuestions<Question, Answer>(
  answer: (question: Question) => Answer | Promise<Answer>,
): void {
  let before: Promise<unknown> = Promise.resolve();
  process.on('message', (question: Question) => {
    before = before.then(async () => process.send?.({ answer: await answer(question) }));
  });
  process.once('disconnect', () => process.exit());
  process.send?.('ready');
}
