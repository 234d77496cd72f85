import { createMongodbReader } from './mongodb-frames.ts';
import type { Protocol } from './round-trip.ts';
import { toMongodbKind } from './mongodb-kinds.ts';

export const mongodbProtocol: Protocol = {
  openConnection() {
    const questions = createMongodbReader();
    const answers = createMongodbReader();
    return {
      readQuestions: (chunk) =>
        questions(chunk).map((message) => ({ key: message.id, kind: toMongodbKind(message) })),
      readAnswers: (chunk) => answers(chunk).map(({ responseTo }) => responseTo),
    };
  },
};
