import type { Alert, AlertData } from '../../contracts/alert.ts';
import type { AlertDocument } from './model.ts';

/** What is told of an alert: its words, and where the console shows it. */
export function toAlertData({ data, path }: AlertDocument, publicUrl: string): AlertData {
  return { ...data, url: `${publicUrl}${path}` } as AlertData;
}

/** An alert as the list shows it. */
export function toAlert(alert: AlertDocument, publicUrl: string): Alert {
  const { _id: id, type, at, endedAt } = alert;
  const times = { at: at.toISOString(), endedAt: endedAt?.toISOString() ?? null };
  return { id, type, ...times, data: toAlertData(alert, publicUrl) } as Alert;
}
