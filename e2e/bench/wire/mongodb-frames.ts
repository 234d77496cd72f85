/** A message of MongoDB's wire protocol (https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/). */
export interface MongodbMessage {
  id: number;
  responseTo: number;
  /** As in `update jobs`; empty for what is no command. */
  command: string;
  body: Buffer;
}

const HEADER = 16;
const OP_MSG = 2013;
const STRING = 0x02;

/** Cuts a stream of bytes into whole messages; what is left over waits for more. */
export function createMongodbReader(): (chunk: Buffer) => MongodbMessage[] {
  let rest = Buffer.alloc(0);
  return (chunk) => {
    rest = rest.length === 0 ? Buffer.from(chunk) : Buffer.concat([rest, chunk]);
    const messages: MongodbMessage[] = [];
    while (rest.length >= HEADER && rest.length >= rest.readInt32LE(0)) {
      const length = rest.readInt32LE(0);
      messages.push(toMessage(rest.subarray(0, length)));
      rest = rest.subarray(length);
    }
    return messages;
  };
}

function toMessage(message: Buffer): MongodbMessage {
  const isCommand = message.readInt32LE(12) === OP_MSG;
  const body = message.subarray(HEADER);
  return {
    id: message.readInt32LE(4),
    responseTo: message.readInt32LE(8),
    command: isCommand ? readCommand(body) : '',
    body,
  };
}

/** The first element of the first document names the command, and mostly its collection. */
function readCommand(body: Buffer): string {
  // Flags, the kind of the section, the length of the document.
  const at = 4 + 1 + 4;
  const nameEnd = body.indexOf(0, at + 1);
  const name = body.toString('utf8', at + 1, nameEnd);
  if (body[at] !== STRING) return name;
  const value = nameEnd + 1 + 4;
  return `${name} ${body.toString('utf8', value, body.indexOf(0, value))}`;
}
