import * as ort from 'onnxruntime-node';
import { freeMemory } from '#infra/runtime/free-memory.ts';
import { analyzerErrors } from '../errors.ts';

/** float32, row-major; `shape` may hold any rank. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

/** Inputs of whole numbers (int64), by name. */
type WholeNumbers = Readonly<Record<string, { readonly data: readonly number[]; readonly shape: readonly number[] }>>;

export interface OnnxSessionOptions {
  /** For messages. */
  readonly modelId: string;
  /** The checked bytes of the model file: what was hashed is what is loaded. */
  readonly bytes: Uint8Array;
  /** Threads inside one run; more workers scale better than more threads here. */
  readonly threads?: number;
  /** Of the input for the picture; undefined: the model has one input only. */
  readonly inputName?: string;
  /** Of the outputs that are wanted, in this order; undefined: all, in the model's order. */
  readonly outputNames?: readonly string[];
}

/** ONNX Runtime behind one small interface: float32 in; float32, or whole numbers as float32, out. */
export class OnnxSession {
  readonly #session: ort.InferenceSession;
  readonly #modelId: string;
  readonly #inputName: string;
  readonly #outputNames: readonly string[];

  private constructor(
    session: ort.InferenceSession,
    modelId: string,
    names: { readonly input: string; readonly outputs: readonly string[] },
  ) {
    this.#session = session;
    this.#modelId = modelId;
    this.#inputName = names.input;
    this.#outputNames = names.outputs;
  }

  /**
   * @throws {AppError} `MODEL_BROKEN` when the bytes are no model that ONNX Runtime can load, `MODEL_LAYER_MISSING` when
   * it lacks a layer that was named
   */
  static async open({ modelId, bytes, threads = 1, inputName, outputNames }: OnnxSessionOptions): Promise<OnnxSession> {
    let session: ort.InferenceSession;
    try {
      session = await ort.InferenceSession.create(bytes, {
        intraOpNumThreads: threads,
        interOpNumThreads: 1,
        graphOptimizationLevel: 'all',
        logSeverityLevel: 3,
        // Denormals make a dark picture ten times slower than a bright one; spinning threads burn the cores of other cameras.
        extra: { session: { set_denormal_as_zero: '1', intra_op: { allow_spinning: '0' } } },
      });
    } catch (cause) {
      throw analyzerErrors.MODEL_BROKEN({ model: modelId }, cause);
    }
    const [first] = session.inputNames;
    if (first === undefined || (inputName === undefined && session.inputNames.length !== 1))
      throw analyzerErrors.MODEL_BROKEN({ model: modelId, inputs: session.inputNames.length });
    checkNames(modelId, inputName === undefined ? [] : [inputName], session.inputNames);
    checkNames(modelId, outputNames ?? [], session.outputNames);
    return new OnnxSession(session, modelId, {
      input: inputName ?? first,
      outputs: outputNames ?? session.outputNames,
    });
  }

  get modelId(): string {
    return this.#modelId;
  }

  get outputNames(): readonly string[] {
    return this.#outputNames;
  }

  /**
   * @param input is not kept
   * @param read gets the outputs that were asked for; their memory is freed when it returns
   * @param numbers further inputs of whole numbers (int64), by name
   * @returns what `read` made of them
   * @throws {AppError} `MODEL_BROKEN` when the model refuses the shape or gives anything but float32 or int64
   */
  async run<T>(input: Tensor, read: (outputs: readonly Tensor[]) => T, numbers: WholeNumbers = {}): Promise<T> {
    const outputs = await this.#run(input, numbers);
    try {
      return read(outputs);
    } finally {
      for (const { data } of outputs) freeMemory(data);
    }
  }

  async #run(input: Tensor, numbers: WholeNumbers): Promise<Tensor[]> {
    const feeds: Record<string, ort.Tensor> = {
      [this.#inputName]: new ort.Tensor('float32', input.data, input.shape),
    };
    for (const [name, { data, shape }] of Object.entries(numbers))
      feeds[name] = new ort.Tensor('int64', BigInt64Array.from(data, BigInt), shape);
    let outputs: ort.InferenceSession.ReturnType;
    try {
      outputs = await this.#session.run(feeds, this.#outputNames);
    } catch (cause) {
      throw analyzerErrors.MODEL_BROKEN({ model: this.#modelId, inputShape: input.shape.join('x') }, cause);
    }
    return this.#outputNames.map((name) => {
      const output = outputs[name];
      if (output?.data instanceof Float32Array) return { data: output.data, shape: output.dims };
      if (output?.data instanceof BigInt64Array)
        return { data: Float32Array.from(output.data, Number), shape: output.dims };
      throw analyzerErrors.MODEL_BROKEN({ model: this.#modelId, output: name });
    });
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}

function checkNames(modelId: string, wanted: readonly string[], there: readonly string[]): void {
  for (const layer of wanted)
    if (!there.includes(layer))
      throw analyzerErrors.MODEL_LAYER_MISSING({ model: modelId, layer, found: there.join(', ') });
}
