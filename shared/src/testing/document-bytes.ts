import { BSON, type Document } from 'mongodb';

/** What MongoDB lets one document have. */
export const MAX_DOCUMENT_BYTES = 16 * 1_048_576;

/** How many bytes a document comes to in the ledger. */
export function toDocumentBytes(document: Document): number {
  return BSON.calculateObjectSize(document);
}
