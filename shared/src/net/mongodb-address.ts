import { ConnectionString } from 'mongodb-connection-string-url';

/** An address of MongoDB as its driver reads it: with one server or a list of them, which is no URL. */
export function safeParseMongodbAddress(uri: string): ConnectionString | null {
  try {
    return new ConnectionString(uri);
  } catch {
    return null;
  }
}
