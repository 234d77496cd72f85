import { createHash } from 'node:crypto';
import { createRedisReader, readArguments } from './redis-frames.ts';
import { toRedisKind, toScriptKind } from './redis-kinds.ts';
import type { Protocol } from './round-trip.ts';

/** Redis answers in the order of the questions. Scripts are known by their digests once they have been sent whole. */
export function createRedisProtocol(): Protocol {
  const scripts = new Map<string, string>();

  function toKind(command: Buffer): string | null {
    const [name = '', argument = ''] = readArguments(command, 2);
    switch (name.toLowerCase()) {
      case 'evalsha':
        return scripts.get(argument) ?? `script ${argument.slice(0, 8)}`;
      case 'eval': {
        const text = readScript(command);
        const kind = toScriptKind(text);
        scripts.set(createHash('sha1').update(text).digest('hex'), kind);
        return kind;
      }
      default:
        return toRedisKind(name.toLowerCase());
    }
  }

  return {
    openConnection() {
      const questions = createRedisReader();
      const answers = createRedisReader();
      let asked = 0;
      let answered = 0;
      return {
        readQuestions: (chunk) =>
          questions(chunk).map((command) => ({ key: asked++, kind: toKind(command) })),
        readAnswers: (chunk) => answers(chunk).map(() => answered++),
      };
    },
  };
}

/** A script spans lines, so its length is what tells where it ends. */
function readScript(command: Buffer): string {
  const name = command.indexOf('\r\n', command.indexOf('\r\n', command.indexOf('$')) + 2) + 2;
  const start = command.indexOf('\r\n', name) + 2;
  const length = Number(command.toString('latin1', name + 1, start - 2));
  return command.toString('utf8', start, start + length);
}
