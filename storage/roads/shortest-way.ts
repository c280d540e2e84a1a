/** Arcs of a directed graph in compressed rows: those of node n lie from `offsets[n]` to `offsets[n + 1]`. */
export interface Arcs {
  readonly offsets: Int32Array;
  readonly targets: Int32Array;
  readonly seconds: Float64Array;
}

/** A node to begin or end at, and what it costs to get from the place to the node (or the other way). */
export interface Terminal {
  readonly node: number;
  readonly seconds: number;
}

/** Dijkstra's algorithm, with an estimate of what remains: A*. One search at a time; its memory is used again. */
export class ShortestWays {
  readonly #arcs: Arcs;
  readonly #seconds: Float64Array;
  readonly #before: Int32Array;
  readonly #stamps: Int32Array;
  readonly #isDone: Uint8Array;
  #stamp = 0;
  readonly #heapNodes: number[] = [];
  readonly #heapCosts: number[] = [];

  constructor(arcs: Arcs) {
    const nodes = arcs.offsets.length - 1;
    this.#arcs = arcs;
    this.#seconds = new Float64Array(nodes);
    this.#before = new Int32Array(nodes);
    this.#stamps = new Int32Array(nodes);
    this.#isDone = new Uint8Array(nodes);
  }

  /**
   * @param remaining a lower bound, in seconds, of the way from a node to the nearest target; 0 is always right
   * @returns the nodes of the fastest way, and what it takes with both ends; undefined when there is none
   */
  between(
    starts: readonly Terminal[],
    ends: readonly Terminal[],
    remaining: (node: number) => number,
  ): { readonly nodes: readonly number[]; readonly seconds: number } | undefined {
    this.#begin(starts, remaining);
    let best: { node: number; seconds: number } | undefined;
    for (let cost = this.#heapCosts[0]; cost !== undefined; cost = this.#heapCosts[0]) {
      // Nothing that is left can end sooner.
      if (best && cost >= best.seconds) break;
      const node = this.#take();
      if (this.#isDone[node]) continue;
      this.#isDone[node] = 1;
      const here = this.#seconds[node] ?? 0;
      for (const end of ends)
        if (end.node === node && (!best || here + end.seconds < best.seconds))
          best = { node, seconds: here + end.seconds };
      this.#relax(node, here, remaining);
    }
    return best && { nodes: this.#wayTo(best.node), seconds: best.seconds };
  }

  /** Calls back for every node that can be reached in time, nearest first. */
  within(starts: readonly Terminal[], maxSeconds: number, visit: (node: number, seconds: number) => void): void {
    const nothing = (): number => 0;
    this.#begin(starts, nothing);
    while (this.#heapNodes.length > 0) {
      const node = this.#take();
      if (this.#isDone[node]) continue;
      this.#isDone[node] = 1;
      const here = this.#seconds[node] ?? 0;
      if (here > maxSeconds) return;
      visit(node, here);
      this.#relax(node, here, nothing);
    }
  }

  #begin(starts: readonly Terminal[], remaining: (node: number) => number): void {
    this.#stamp++;
    this.#heapNodes.length = 0;
    this.#heapCosts.length = 0;
    for (const { node, seconds } of starts) this.#offer(node, seconds, -1, remaining);
  }

  #relax(node: number, here: number, remaining: (node: number) => number): void {
    const { offsets, targets, seconds } = this.#arcs;
    const end = offsets[node + 1] ?? 0;
    for (let arc = offsets[node] ?? 0; arc < end; arc++)
      this.#offer(targets[arc] ?? 0, here + (seconds[arc] ?? 0), node, remaining);
  }

  #offer(node: number, seconds: number, before: number, remaining: (node: number) => number): void {
    if (this.#stamps[node] === this.#stamp) {
      if (seconds >= (this.#seconds[node] ?? 0)) return;
    } else {
      this.#stamps[node] = this.#stamp;
    }
    this.#isDone[node] = 0;
    this.#seconds[node] = seconds;
    this.#before[node] = before;
    this.#put(node, seconds + remaining(node));
  }

  #wayTo(node: number): number[] {
    const nodes: number[] = [];
    for (let at = node; at >= 0; at = this.#before[at] ?? -1) nodes.push(at);
    return nodes.reverse();
  }

  #put(node: number, cost: number): void {
    const [nodes, costs] = [this.#heapNodes, this.#heapCosts];
    let at = nodes.length;
    while (at > 0) {
      const parent = (at - 1) >> 1;
      const parentCost = costs[parent] ?? 0;
      if (parentCost <= cost) break;
      nodes[at] = nodes[parent] ?? 0;
      costs[at] = parentCost;
      at = parent;
    }
    nodes[at] = node;
    costs[at] = cost;
  }

  #take(): number {
    const [nodes, costs] = [this.#heapNodes, this.#heapCosts];
    const top = nodes[0] ?? 0;
    const node = nodes.pop() ?? 0;
    const cost = costs.pop() ?? 0;
    const size = nodes.length;
    if (size === 0) return top;
    let at = 0;
    for (let child = 1; child < size; child = 2 * at + 1) {
      if (child + 1 < size && (costs[child + 1] ?? 0) < (costs[child] ?? 0)) child++;
      const childCost = costs[child] ?? 0;
      if (childCost >= cost) break;
      nodes[at] = nodes[child] ?? 0;
      costs[at] = childCost;
      at = child;
    }
    nodes[at] = node;
    costs[at] = cost;
    return top;
  }
}
