import { useToasts, type Toast } from '../../composables/use-toasts.ts';

/** Takes back what a toast tells of, or says that it could not. */
export async function takeBack({ id, undo }: Toast): Promise<void> {
  const { dismiss, show } = useToasts();
  dismiss(id);
  try {
    await undo?.();
  } catch {
    show('It could not be taken back. See how it stands now, and try again.', { tone: 'bad' });
  }
}
