import mongoose from 'mongoose';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { createTestBed, type TestBed } from '../testing/test-bed.ts';
import { inTransaction } from './transaction.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

/** As the driver says that a command of a transaction got no answer within the connection's time. */
function toTimeout() {
  const error = new mongoose.mongo.MongoNetworkTimeoutError('connection timed out');
  error.addErrorLabel('TransientTransactionError');
  return error;
}

it('gives up work that took too long twice, with the error that it met', async () => {
  const error = toTimeout();
  let tries = 0;
  const work = async () => {
    tries += 1;
    throw error;
  };
  await expect(inTransaction(bed.store, work)).rejects.toBe(error);
  expect(tries).toBe(2);
});

it('does once more what took too long once', async () => {
  let tries = 0;
  const work = async () => {
    tries += 1;
    if (tries === 1) throw toTimeout();
    return 'done';
  };
  expect(await inTransaction(bed.store, work)).toBe('done');
});
