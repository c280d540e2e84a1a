import * as THREE from 'three';
import { carGlass, textureOf } from './textures.ts';

/** A physically based surface; roughness 0 is a mirror, 1 is chalk. */
export function surface(
  color: THREE.ColorRepresentation,
  roughness = 0.8,
  metalness = 0,
  extra: THREE.MeshStandardMaterialParameters = {},
) {
  return new THREE.MeshStandardMaterial({ color, roughness, metalness, ...extra });
}

export function carPaint(color: THREE.ColorRepresentation) {
  return surface(color, 0.32, 0.15, { envMapIntensity: 1.1 });
}

/** Painted on the road: drawn over the asphalt it lies on. */
export function roadPaint(color: THREE.ColorRepresentation) {
  return surface(color, 0.85, 0, { polygonOffset: true, polygonOffsetFactor: -2 });
}

/** Shared by everything of a scene, so that the parts of one object merge into few draw calls. */
export const PALETTE = {
  glass: surface(0xffffff, 0.08, 0.25, { map: textureOf(carGlass()) }),
  tyre: surface(0x17171a, 0.95),
  hub: surface(0xa9adb2, 0.35, 0.8),
  dark: surface(0x141518, 0.6),
  trim: surface(0x2a2b2e, 0.7),
  underside: surface(0x050505, 1),
  lens: surface(0xaeb6bd, 0.12, 0.35),
  headlamp: surface(0xf2f5f8, 0.1, 0.1, { emissive: 0x8a8f94, emissiveIntensity: 0.5 }),
  tailLamp: surface(0xa01212, 0.25, 0, { emissive: 0x5a0505, emissiveIntensity: 0.6 }),
  amber: surface(0xd07a10, 0.3),
  chrome: surface(0xc4c8cc, 0.15, 1),
  seam: surface(0x0a0a0a, 0.9),
  white: surface(0xe8e8e4, 0.6),
  steel: surface(0x8d9399, 0.5, 0.6),
  wood: surface(0x6b4f35, 0.9),
};

const SMALL_FITTINGS = new Set<THREE.Material>([
  PALETTE.hub,
  PALETTE.dark,
  PALETTE.trim,
  PALETTE.seam,
  PALETTE.chrome,
  PALETTE.headlamp,
  PALETTE.tailLamp,
  PALETTE.amber,
  PALETTE.underside,
]);

/** Fittings lie inside the shadow of what carries them; leaving them out makes the shadow pass cheaper. */
export function throwsShadow(material: THREE.Material): boolean {
  return !SMALL_FITTINGS.has(material);
}
