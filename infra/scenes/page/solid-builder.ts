import * as THREE from 'three';
import { mergeGeometries, toCreasedNormals } from 'three/addons/utils/BufferGeometryUtils.js';
import { throwsShadow } from './materials.ts';

/** Metres: x forward, y up, z to the right of the object. */
export type Point3 = readonly [number, number, number];
export type Point2 = readonly [number, number];
type Deform = (x: number, y: number, z: number) => Point3;

/** Collects the parts of one solid object and merges them into one mesh per material. */
export class SolidBuilder {
  readonly #parts = new Map<THREE.Material, THREE.BufferGeometry[]>();

  add(geometry: THREE.BufferGeometry, material: THREE.Material, placement?: THREE.Matrix4): this {
    const flat = geometry.index ? geometry.toNonIndexed() : geometry;
    for (const name of Object.keys(flat.attributes)) {
      if (name !== 'position' && name !== 'normal' && name !== 'uv') flat.deleteAttribute(name);
    }
    if (placement) flat.applyMatrix4(placement);
    const siblings = this.#parts.get(material);
    if (siblings) siblings.push(flat);
    else this.#parts.set(material, [flat]);
    return this;
  }

  at(geometry: THREE.BufferGeometry, material: THREE.Material, position: Point3, turn: Point3 = [0, 0, 0]): this {
    const placement = new THREE.Matrix4().makeRotationFromEuler(new THREE.Euler(...turn)).setPosition(...position);
    return this.add(geometry, material, placement);
  }

  box(size: Point3, position: Point3, material: THREE.Material, turn: Point3 = [0, 0, 0]): this {
    return this.at(new THREE.BoxGeometry(...size), material, position, turn);
  }

  ellipsoid(radii: Point3, position: Point3, material: THREE.Material, turn: Point3 = [0, 0, 0]): this {
    return this.at(new THREE.SphereGeometry(1, 14, 9).scale(...radii), material, position, turn);
  }

  /** Four corners, anticlockwise as seen from the visible side, the first at the lower left of the texture. */
  quad(corners: readonly [Point3, Point3, Point3, Point3], material: THREE.Material, from = 0, to = 1): this {
    const [a, b, c, d] = corners;
    const geometry = new THREE.BufferGeometry();
    geometry.setAttribute('position', new THREE.Float32BufferAttribute([a, b, c, a, c, d].flat(), 3));
    geometry.setAttribute('uv', new THREE.Float32BufferAttribute([from, 0, to, 0, to, 1, from, 0, to, 1, from, 1], 2));
    geometry.computeVertexNormals();
    return this.add(geometry, material);
  }

  /** A straight bar from one point to another. */
  bar(from: Point3, to: Point3, width: number, thickness: number, material: THREE.Material): this {
    const [start, end] = [new THREE.Vector3(...from), new THREE.Vector3(...to)];
    const placement = new THREE.Matrix4().lookAt(start, end, new THREE.Vector3(0, 0, 1));
    placement.setPosition(start.clone().add(end).multiplyScalar(0.5));
    return this.add(new THREE.BoxGeometry(width, thickness, start.distanceTo(end)), material, placement);
  }

  /** Pulls a side outline to a width, with rounded edges; `deform` then shapes each corner point. */
  extrude(outline: THREE.Shape, width: number, bevel: number, material: THREE.Material, deform?: Deform): this {
    const depth = width - 2 * bevel;
    const geometry = new THREE.ExtrudeGeometry(outline, {
      depth,
      bevelEnabled: true,
      bevelSize: bevel,
      bevelThickness: bevel,
      bevelOffset: -bevel,
      bevelSegments: 3,
      curveSegments: 8,
      steps: 4,
    });
    geometry.translate(0, 0, -depth / 2);
    const positions = geometry.getAttribute('position');
    for (let i = 0; deform && i < positions.count; i++) {
      positions.setXYZ(i, ...deform(positions.getX(i), positions.getY(i), positions.getZ(i)));
    }
    return this.add(toCreasedNormals(geometry, 0.7), material);
  }

  build(): THREE.Group {
    const group = new THREE.Group();
    for (const [material, geometries] of this.#parts) {
      const mesh = new THREE.Mesh(mergeGeometries(geometries), material);
      mesh.castShadow = throwsShadow(material);
      mesh.receiveShadow = true;
      group.add(mesh);
    }
    return group;
  }
}

export function polygon(points: readonly Point2[]): THREE.Shape {
  return new THREE.Shape(points.map(([x, y]) => new THREE.Vector2(x, y)));
}
