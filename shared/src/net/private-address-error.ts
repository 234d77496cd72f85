/** A call was not made: it would have left for a private address that nobody opened, or for a port that is not called. */
export class PrivateAddressError extends Error {
  readonly code = 'ERR_PRIVATE_ADDRESS';

  constructor(message: string) {
    super(message);
    this.name = 'PrivateAddressError';
  }
}
