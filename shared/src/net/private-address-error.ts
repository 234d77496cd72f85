/** A call was not made, since it would have left for a private address that nobody opened. */
export class PrivateAddressError extends Error {
  readonly code = 'ERR_PRIVATE_ADDRESS';

  constructor(message: string) {
    super(message);
    this.name = 'PrivateAddressError';
  }
}
