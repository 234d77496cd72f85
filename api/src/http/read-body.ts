import { AppError } from '@understudy/shared/errors';
import express, { type Request, type Response } from 'express';
import type { Method } from './route.ts';

const DEFAULT_LIMIT = 1_048_576;
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
  const parse = express.json({ limit, type: types, strict: false });
  return async (req, res) => {
    const isEmpty = req.headers['transfer-encoding'] === undefined && !Number(req.headers['content-length']);
    if (isEmpty) return rules.bodyOptional ? {} : undefined;
    if (!req.is(types)) {
      throw new AppError('unsupported_media_type', `The body must be ${types.join(' or ')}.`);
    }
    // The parser would first read all that is said to come.
    if (Number(req.headers['content-length']) > limit) {
      throw new AppError('body_too_large', `The body is larger than ${limit} bytes.`);
    }
    await new Promise<void>((resolve, reject) => {
      parse(req, res, (error: unknown) => (error ? reject(error) : resolve()));
    });
    return req.body;
  };
}
