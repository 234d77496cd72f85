/** A body that is read as it arrives: the caller sends no faster than it is read. */
export interface Upload {
  /** One of the media types that the row takes. */
  type: string;
  /** @throws {AppError} `body_too_large`, or `malformed_json` where the caller broke off. */
  chunks: AsyncIterable<Uint8Array>;
}
