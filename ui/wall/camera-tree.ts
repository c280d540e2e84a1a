import type { Camera, CameraStatus } from '#api/contract/cameras.ts';

/** A line of the tree: an area with what is in it, or a camera. */
export type TreeRow =
  | {
      readonly kind: 'area';
      /** Of the whole way: `北区/滨河路`. */
      readonly path: string;
      readonly name: string;
      readonly depth: number;
      readonly count: number;
      readonly troubled: number;
      readonly isOpen: boolean;
    }
  | { readonly kind: 'camera'; readonly camera: Camera; readonly depth: number };

const quiet: readonly CameraStatus[] = ['live', 'disabled', 'connecting'];
export const isTroubled = (camera: Camera): boolean => !quiet.includes(camera.state.status);

interface Node {
  readonly path: string;
  readonly name: string;
  readonly children: Map<string, Node>;
  readonly cameras: Camera[];
  count: number;
  troubled: number;
}

const newNode = (path: string, name: string): Node => ({
  path,
  name,
  children: new Map(),
  cameras: [],
  count: 0,
  troubled: 0,
});

/**
 * The lines that are seen, top to bottom; an area's name may hold groups: `北区/滨河路`.
 * @param options.closed areas whose insides are not shown
 * @param options.noArea what cameras without an area stand under
 */
export function treeRows(
  cameras: readonly Camera[],
  { closed, noArea }: { readonly closed: ReadonlySet<string>; readonly noArea: string },
): TreeRow[] {
  const root = newNode('', '');
  for (const camera of cameras) {
    let node = root;
    const trouble = isTroubled(camera) ? 1 : 0;
    for (const name of (camera.area || noArea).split('/')) {
      const path = node.path === '' ? name : `${node.path}/${name}`;
      const child = node.children.get(name) ?? newNode(path, name);
      node.children.set(name, child);
      child.count += 1;
      child.troubled += trouble;
      node = child;
    }
    node.cameras.push(camera);
  }
  const rows: TreeRow[] = [];
  const add = (node: Node, depth: number): void => {
    for (const child of node.children.values()) {
      const { path, name, count, troubled } = child;
      const isOpen = !closed.has(path);
      rows.push({ kind: 'area', path, name, depth, count, troubled, isOpen });
      if (!isOpen) continue;
      add(child, depth + 1);
      for (const camera of child.cameras) rows.push({ kind: 'camera', camera, depth: depth + 1 });
    }
  };
  add(root, 0);
  return rows;
}
