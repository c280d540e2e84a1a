import { Counter, Gauge, Registry, collectDefaultMetrics } from 'prom-client';

/** The numbers of one process, as Prometheus reads them at `/metrics`. Names carry their unit. */
export class Metrics {
  readonly registry = new Registry();

  constructor(options: { readonly processMetrics: boolean } = { processMetrics: false }) {
    if (options.processMetrics) collectDefaultMetrics({ register: this.registry });
  }

  counter<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Counter<L> {
    const known = this.registry.getSingleMetric(name);
    if (known instanceof Counter) return known;
    return new Counter({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }

  gauge<L extends string = never>(name: string, help: string, labelNames: readonly L[] = []): Gauge<L> {
    const known = this.registry.getSingleMetric(name);
    if (known instanceof Gauge) return known;
    return new Gauge({ name, help, labelNames: [...labelNames], registers: [this.registry] });
  }
}
