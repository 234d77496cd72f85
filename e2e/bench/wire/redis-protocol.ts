import { createHash } from 'node:crypto';
import { createRedisReader, readArguments } from './redis-frames.ts';
import { toRedisKind, toScriptKind } from './redis-kinds.ts';
import type { Protocol } from './round-trip.ts';

export interface RedisProtocol extends Protocol {
  /** The same of a command that is at hand as its first arguments. */
  toKind(command: readonly string[]): string | null;
}

/** Redis answers in the order of the questions. Scripts are known by their digests once they have been sent whole. */
export function createRedisProtocol(): RedisProtocol {
  const scripts = new Map<string, string>();

  function toKind([name = '', argument = '']: readonly string[]): string | null {
    switch (name.toLowerCase()) {
      case 'evalsha':
        return scripts.get(argument) ?? `script ${argument.slice(0, 8)}`;
      case 'eval':
        return toScriptKind(argument);
      default:
        return toRedisKind(name.toLowerCase());
    }
  }

  function read(command: Buffer): string | null {
    const [name = '', argument = ''] = readArguments(command, 2);
    if (name.toLowerCase() !== 'eval') return toKind([name, argument]);
    const text = readScript(command);
    scripts.set(createHash('sha1').update(text).digest('hex'), toScriptKind(text));
    return toScriptKind(text);
  }

  return {
    toKind,
    openConnection() {
      const questions = createRedisReader();
      const answers = createRedisReader();
      let asked = 0;
      let answered = 0;
      return {
        readQuestions: (chunk) => questions(chunk).map((command) => ({ key: asked++, kind: read(command) })),
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
