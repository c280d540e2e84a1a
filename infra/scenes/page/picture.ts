import * as THREE from 'three';
import { clip, project, type Rectangle } from './observer.ts';
import type { Mover, Stage } from './stage.ts';

const MARGIN_PX = 10; // soft shadow edges and antialiasing reach this far beyond a box

/**
 * Draws the stage. After the first picture only the part in which something moved is drawn again: a software renderer
 * pays per pixel, and most of a surveillance picture stands still.
 */
export class Picture {
  readonly renderer: THREE.WebGLRenderer;
  readonly #stage: Stage;
  #previous = new Map<Mover, { stamp: string; box: Rectangle }>();
  #drawn = false;

  constructor(stage: Stage) {
    this.#stage = stage;
    this.renderer = new THREE.WebGLRenderer({ antialias: true, preserveDrawingBuffer: true });
    this.renderer.setSize(stage.size.width, stage.size.height);
    this.renderer.shadowMap.enabled = true;
    this.renderer.shadowMap.autoUpdate = false; // once per picture, not once per area
    this.renderer.shadowMap.type = THREE.PCFShadowMap;
    this.renderer.toneMapping = THREE.ACESFilmicToneMapping;
    this.renderer.toneMappingExposure = 0.85;
  }

  /** @returns a data URL of the whole picture as JPEG */
  draw(): string {
    const areas = this.#changedAreas();
    this.renderer.shadowMap.needsUpdate = true;
    if (this.#drawn) for (const area of areas) this.#drawArea(area);
    else this.renderer.render(this.#stage.scene, this.#stage.camera);
    this.#drawn = true;
    return this.renderer.domElement.toDataURL('image/jpeg', 0.95);
  }

  #drawArea({ left, top, right, bottom }: Rectangle) {
    const fromBelow = Math.floor(this.#stage.size.height - bottom); // WebGL counts rows from the bottom
    this.renderer.setScissorTest(true);
    this.renderer.setScissor(Math.floor(left), fromBelow, Math.ceil(right - left) + 1, Math.ceil(bottom - top) + 1);
    this.renderer.render(this.#stage.scene, this.#stage.camera);
  }

  #changedAreas(): Rectangle[] {
    const current = new Map<Mover, { stamp: string; box: Rectangle }>();
    const dirty: Rectangle[] = [];
    for (const mover of [...this.#stage.actors, ...this.#stage.props]) {
      const box = this.#boxWithShadow(mover);
      const stamp = stampOf(mover);
      const before = this.#previous.get(mover);
      if (before?.stamp !== stamp) dirty.push(box, ...(before ? [before.box] : []));
      current.set(mover, { stamp, box });
    }
    for (const [mover, { box }] of this.#previous) if (!current.has(mover)) dirty.push(box);
    this.#previous = current;
    return dirty.flatMap((box) => clip(grow(box), this.#stage) ?? []).reduce<Rectangle[]>(gather, []);
  }

  #boxWithShadow(mover: Mover): Rectangle {
    const everything = { left: 0, top: 0, right: this.#stage.size.width, bottom: this.#stage.size.height };
    const own = project(this.#stage, mover.outlines);
    if (!own) return everything;
    if (!mover.shadow) return own;
    const sun = this.#stage.sunDirection;
    const shadow = project(this.#stage, mover.outlines, (point) => point.addScaledVector(sun, -point.y / sun.y));
    return shadow ? join(own, shadow) : everything;
  }
}

/** Changes whenever the mover would look different. */
function stampOf({ outlines }: Mover): string {
  return outlines
    .map(({ part }) => (part.visible ? part.matrixWorld.elements.map((value) => value.toFixed(4)).join() : ''))
    .join(';');
}

/** Adds an area to those to draw; areas that nearly touch become one, since each costs a pass over the whole scene. */
function gather(areas: Rectangle[], added: Rectangle): Rectangle[] {
  const near = areas.find((area) => sizeOf(join(area, added)) < 1.25 * (sizeOf(area) + sizeOf(added)));
  if (!near) return [...areas, added];
  return gather(
    areas.filter((area) => area !== near),
    join(near, added),
  );
}

function sizeOf({ left, top, right, bottom }: Rectangle): number {
  return (right - left) * (bottom - top);
}

function join(a: Rectangle, b: Rectangle): Rectangle {
  return {
    left: Math.min(a.left, b.left),
    top: Math.min(a.top, b.top),
    right: Math.max(a.right, b.right),
    bottom: Math.max(a.bottom, b.bottom),
  };
}

function grow(box: Rectangle): Rectangle {
  return {
    left: box.left - MARGIN_PX,
    top: box.top - MARGIN_PX,
    right: box.right + MARGIN_PX,
    bottom: box.bottom + MARGIN_PX,
  };
}
