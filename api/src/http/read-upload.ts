import { AppError } from '@understudy/shared/errors';
import type { Request } from 'express';
import { hasBody } from './has-body.ts';
import { assertUtf8Charset } from './read-body.ts';
import type { Route } from './route.ts';
import type { Upload } from './upload.ts';

const CHARSET = /;\s*charset="?([^\s";]+)/i;

type UploadSpecs = NonNullable<Route['upload']>;

/**
 * The body of a request, to be read as it arrives. What is beyond the limit of its type, or not wanted any more,
 * is thrown away. @throws {AppError} 415 for a type or an encoding that the row does not take; 413 at once where the
 * caller says that it is too large.
 */
export function readUpload(specs: UploadSpecs, req: Request): Upload {
  const [usual = ''] = Object.keys(specs);
  if (!hasBody(req)) return { type: usual, chunks: readChunks(req, 0) };
  const type = req.is(Object.keys(specs));
  const spec = type ? specs[type] : undefined;
  if (!type || !spec) {
    throw new AppError('unsupported_media_type', `The body must be ${Object.keys(specs).join(' or ')}.`);
  }
  const encoding = req.get('Content-Encoding') ?? 'identity';
  if (encoding !== 'identity') {
    throw new AppError('unsupported_media_type', 'The body must not be compressed.');
  }
  const charset = CHARSET.exec(req.get('Content-Type') ?? '')?.[1] ?? 'utf-8';
  assertUtf8Charset(charset);
  if (Number(req.get('Content-Length')) > spec.limit) throw tooLarge(spec.limit);
  return { type, chunks: readChunks(req, spec.limit) };
}

async function* readChunks(req: Request, limit: number): AsyncGenerator<Uint8Array> {
  let bytes = 0;
  try {
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      bytes += (chunk as Uint8Array).length;
      if (bytes > limit) throw tooLarge(limit);
      yield chunk as Uint8Array;
    }
  } catch (error) {
    if (error instanceof AppError || !req.destroyed) throw error;
    throw new AppError('malformed_json', 'The body broke off.', { cause: error });
  } finally {
    // What is left of it runs off unread, so that the reply gets through and the connection is free again.
    req.resume();
  }
}

function tooLarge(limit: number): AppError {
  return new AppError('body_too_large', `The body is larger than ${limit} bytes.`);
}
