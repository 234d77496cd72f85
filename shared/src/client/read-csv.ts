import { valueOf, type RequestOptions, type Transport } from './transport.ts';

/** A list as CSV (RFC 4180), as it arrives: pipe it to a file, or read it whole with `new Response(stream).text()`. */
export async function readCsv(
  send: Transport,
  path: string,
  options: Pick<RequestOptions, 'query' | 'signal'>,
): Promise<ReadableStream<Uint8Array>> {
  const read = ({ body }: Response) => body ?? new ReadableStream<Uint8Array>();
  const headers = { Accept: 'text/csv' };
  return valueOf(send<ReadableStream<Uint8Array>>('GET', path, { ...options, headers, read }));
}
