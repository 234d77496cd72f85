import type { Label } from '@understudy/shared/contracts/label';

/** The name of a label in either form, as the contract's `toLabelName`; its module brings Zod along. */
export function toLabelName(label: Label): string {
  return typeof label === 'string' ? label : label.name;
}
