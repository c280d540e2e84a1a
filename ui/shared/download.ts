import { request } from './api-client.ts';

/** The name that the server gives the file, else the one given here. */
export function fileName(disposition: string | null, otherwise: string): string {
  const encoded = /filename\*=UTF-8''([^;]+)/i.exec(disposition ?? '')?.[1];
  const plain = /filename="?([^";]+)"?/i.exec(disposition ?? '')?.[1];
  try {
    return encoded === undefined ? (plain ?? otherwise) : decodeURIComponent(encoded);
  } catch {
    return plain ?? otherwise;
  }
}

/** Asks for a file and hands it to the browser to be saved. Throws {@link ApiProblem} as every request does. */
export async function downloadFile(path: string, body: unknown, otherwise: string): Promise<void> {
  const response = await request(path, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body), headers: { 'content-type': 'application/json' } }),
  });
  const url = URL.createObjectURL(await response.blob());
  const link = document.createElement('a');
  link.href = url;
  link.download = fileName(response.headers.get('content-disposition'), otherwise);
  link.click();
  // The browser has taken the file by the next turn at the latest; a little longer costs nothing.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}
