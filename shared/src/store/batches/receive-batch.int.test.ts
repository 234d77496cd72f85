import { afterAll, beforeAll, expect, it } from 'vitest';
import { createId } from '../../ids.ts';
import { createTestBed, type TestBed } from '../../testing/test-bed.ts';
import { beginUpload } from './receive-batch.ts';

let bed: TestBed;
beforeAll(async () => {
  bed = await createTestBed();
});
afterAll(() => bed.close());

it('lets uploads of one batch begin at the same moment, each time', async () => {
  const uploadIds = ['a', 'b', 'c', 'd'];
  for (let round = 0; round < 30; round += 1) {
    const batchId = createId('bat');
    const known = await Promise.all(
      uploadIds.map((uploadId) => beginUpload(bed.store, { batchId, uploadId, client: 'default' })),
    );
    expect(known).toEqual([null, null, null, null]);
    const { uploads } = (await bed.store.batches.findById(batchId).lean()) ?? {};
    expect(uploads?.toSorted()).toEqual(uploadIds);
  }
});
