/** A step of the set-up that could not be done; `message` says what failed, `remedy` what to do by hand. */
export class SetUpError extends Error {
  readonly remedy: string;

  constructor(message: string, remedy: string) {
    super(message);
    this.name = 'SetUpError';
    this.remedy = remedy;
  }
}
