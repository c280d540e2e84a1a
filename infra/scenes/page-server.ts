import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const SCENES_FOLDER = fileURLToPath(new URL('.', import.meta.url));
const THREE_FOLDER = fileURLToPath(new URL('../../node_modules/three/', import.meta.url));

const HTML = `<!doctype html>
<script type="importmap">{"imports":{"three":"/three/build/three.module.js","three/addons/":"/three/examples/jsm/"}}</script>
<body><script type="module" src="/page/main.ts"></script>`;

export interface PageFile {
  contentType: string;
  body: string;
}

/**
 * Answers the requests of the scene page from this folder and from three.js. Nothing is fetched from a network.
 *
 * @returns null when there is no such file
 */
export async function pageFile(pathname: string): Promise<PageFile | null> {
  if (pathname === '/') return { contentType: 'text/html', body: HTML };
  const [root, relative] = pathname.startsWith('/three/')
    ? [THREE_FOLDER, pathname.slice(7)]
    : [SCENES_FOLDER, pathname.slice(1)];
  const file = path.join(root, relative);
  if (!file.startsWith(root)) return null;
  const source = await readFile(file, 'utf8').catch(() => null);
  if (source === null) return null;
  return { contentType: 'text/javascript', body: file.endsWith('.ts') ? stripTypeScriptTypes(source) : source };
}
