import type { Request, Response } from 'express';
import { expect, it } from 'vitest';
import { toAbout } from './about.ts';

const ULID = '01M8B5V2MRBXH9KQG0GPFAW85K';
const about = (id: string | undefined, location?: string) =>
  toAbout(
    { params: id === undefined ? {} : { id } } as unknown as Request,
    { getHeader: () => location } as unknown as Response,
  );

it('knows the job or the batch of a path, and of what a reply leads to', () => {
  expect(about(`job_${ULID}`)).toEqual({ jobId: `job_${ULID}` });
  expect(about(`job_${ULID}00042`)).toEqual({ jobId: `job_${ULID}00042` });
  expect(about(`bat_${ULID}`)).toEqual({ batchId: `bat_${ULID}` });
  expect(about(undefined, `/api/classifications/job_${ULID}`)).toEqual({ jobId: `job_${ULID}` });
  expect(about(undefined, `/api/batches/bat_${ULID}`)).toEqual({ batchId: `bat_${ULID}` });
});

it.each(['a private text', 'job_a-private-text', `job_${ULID} and more`, `prv_${ULID}`, ''])(
  'says nothing of %j',
  (id) => {
    expect(about(id)).toEqual({});
  },
);

it('says nothing of a request without either', () => {
  expect(about(undefined)).toEqual({});
});
