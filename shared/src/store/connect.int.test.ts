import { expect, inject, it, onTestFinished } from 'vitest';
import { toDatabaseUri } from '../testing/bed-database.ts';
import { connectStore } from './connect.ts';

const { mongodbUri } = inject('stores');

// A server that is only to be reached directly takes no list.
it.skipIf(mongodbUri.includes('directConnection')).each([
  ['test_of_the_path', 'test_of_the_path'],
  ['', 'understudy'],
])('uses, of a list of servers with the path /%s, the database %s', async (path, expected) => {
  const twice = toDatabaseUri(mongodbUri, path).replace(/(\/\/(?:.*@)?)([^/]+)/, '$1$2,$2');
  const store = await connectStore({ mongodbUri: twice });
  onTestFinished(() => store.close());
  expect(store.connection.db?.databaseName).toBe(expected);
});
