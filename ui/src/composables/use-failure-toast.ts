import { toErrorWords, type ErrorContext } from '../format/error.ts';
import { useToasts } from './use-toasts.ts';

/** Tells what went wrong with what was done by one click, for which no form has a place. */
export function useFailureToast(context: ErrorContext) {
  const { show } = useToasts();
  return (error: unknown) => {
    const { title, advice } = toErrorWords(error, context);
    show(`${title} ${advice}`.trim(), { tone: 'bad' });
  };
}
