import { AppError } from '@understudy/shared/errors';
import { isUtf8 } from 'node:buffer';
import express, { type Request, type Response } from 'express';
import { hasBody } from './has-body.ts';
import type { Method } from './route.ts';

const DEFAULT_LIMIT = 1_048_576;
/** Said of a body of any kind. */
export const NOT_UTF8 = 'The body is not valid UTF-8.';
const JSON_TYPE = 'application/json';
const MERGE_PATCH_TYPE = 'application/merge-patch+json';

interface BodyRules {
  method: Method;
  bodyLimit?: number;
  bodyOptional?: boolean;
}

/**
 * Reads JSON bodies of one row, each after everything else about its request was found good. The reader throws an
 * {AppError} 415 for another type, or what the body parser throws for a malformed or too large body.
 */
export function createBodyReader(rules: BodyRules): (req: Request, res: Response) => Promise<unknown> {
  const types = rules.method === 'PATCH' ? [MERGE_PATCH_TYPE, JSON_TYPE] : [JSON_TYPE];
  const limit = rules.bodyLimit ?? DEFAULT_LIMIT;
  const parse = express.json({ limit, type: types, strict: false, verify: assertUtf8 });
  return async (req, res) => {
    if (!hasBody(req)) return rules.bodyOptional ? {} : undefined;
    if (!req.is(types)) {
      throw new AppError('unsupported_media_type', `The body must be ${types.join(' or ')}.`);
    }
    // The parser would first read all that is said to come.
    if (Number(req.headers['content-length']) > limit) throw tooLarge();
    await new Promise<void>((resolve, reject) => {
      parse(req, res, (error: unknown) => (error ? reject(error) : resolve()));
      // The parser would first read off whatever else is sent, for as long as somebody sends it.
      let bytes = 0;
      req.on('data', (chunk: Uint8Array) => {
        bytes += chunk.length;
        if (bytes > limit) reject(tooLarge());
      });
    });
    return req.body;
  };
}

const tooLarge = () => new AppError('body_too_large', 'The body is larger than this route takes.');

/** What is not UTF-8 (RFC 8259 §8.1) would be taken with other letters in place of those that nobody can read. */
function assertUtf8(_req: unknown, _res: unknown, body: Buffer, charset: string): void {
  assertUtf8Charset(charset);
  if (!isUtf8(body)) throw new AppError('malformed_json', NOT_UTF8);
}

/** @throws {AppError} 415 where a body is said to be in another encoding. */
export function assertUtf8Charset(charset: string): void {
  if (!/^utf-?8$/i.test(charset)) throw new AppError('unsupported_media_type', 'JSON must be in UTF-8.');
}
