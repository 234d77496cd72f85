/** `missing`: its master key is not there. `refused`: another key is there under its version. `damaged`: the record. */
export type SecretProblem = 'missing' | 'refused' | 'damaged';

/** A stored secret does not open. The message is for an operator, and holds nothing of the secret. */
export class SecretError extends Error {
  readonly problem: SecretProblem;

  constructor(problem: SecretProblem, keyVersion: unknown) {
    super(toMessage(problem, keyVersion));
    this.name = 'SecretError';
    this.problem = problem;
  }
}

/** Where an operator finds the master keys. */
const WHERE = 'UNDERSTUDY_MASTER_KEYS (under npm start: the file master-keys in the data folder)';

function toMessage(problem: SecretProblem, keyVersion: unknown): string {
  switch (problem) {
    case 'missing':
      return `Master key ${String(keyVersion)} is not in ${WHERE}. Put it back and restart, or enter the secret anew.`;
    case 'refused':
      return (
        `Master key ${String(keyVersion)} in ${WHERE} is not the one that the secret was sealed with, or the record ` +
        'was altered. Put the right key back and restart, or enter the secret anew.'
      );
    case 'damaged':
      return 'The record of the secret is damaged. Enter the secret anew.';
  }
}
