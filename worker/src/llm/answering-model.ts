import * as z from 'zod';

const named = z.looseObject({ model: z.string() });
/** As every vendor's models are named; anything else is no name, and might be words. */
const NAME = /^[A-Za-z0-9][\w.:/@+-]{0,99}$/;

/** The model that a reply says it is of, which may be another version than was asked for; null where it says none. */
export function toAnsweringModel(body: unknown, apiKey: string | null): string | null {
  const form = named.safeParse(body);
  if (!form.success || !NAME.test(form.data.model)) return null;
  return apiKey !== null && form.data.model.includes(apiKey) ? null : form.data.model;
}
