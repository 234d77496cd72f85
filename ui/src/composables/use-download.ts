import { shallowRef } from 'vue';
import { toErrorWords } from '../format/error.ts';
import { useToasts } from './use-toasts.ts';

/** Saves what a call reads as a file; what goes wrong is told. */
export function useDownload() {
  const { show } = useToasts();
  const isBusy = shallowRef(false);

  async function save(read: () => Promise<Blob>, fileName: string) {
    isBusy.value = true;
    try {
      const link = document.createElement('a');
      link.href = URL.createObjectURL(await read());
      link.download = fileName;
      link.click();
      URL.revokeObjectURL(link.href);
    } catch (error) {
      const { title, advice } = toErrorWords(error, 'read');
      show(`${title} ${advice}`.trim(), { tone: 'bad' });
    } finally {
      isBusy.value = false;
    }
  }

  return { isBusy, save };
}
