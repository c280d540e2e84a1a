import * as ort from 'onnxruntime-node';
import { analyzerErrors } from '../errors.ts';

/** float32, row-major; `shape` may hold any rank. */
export interface Tensor {
  readonly data: Float32Array;
  readonly shape: readonly number[];
}

export interface OnnxSessionOptions {
  /** For messages. */
  readonly modelId: string;
  /** The checked bytes of the model file: what was hashed is what is loaded. */
  readonly bytes: Uint8Array;
  /** Threads inside one run; more workers scale better than more threads here. */
  readonly threads?: number;
}

/** ONNX Runtime behind one small interface: float32 in, float32 out, one input. */
export class OnnxSession {
  readonly #session: ort.InferenceSession;
  readonly #modelId: string;
  readonly #inputName: string;

  private constructor(session: ort.InferenceSession, modelId: string, inputName: string) {
    this.#session = session;
    this.#modelId = modelId;
    this.#inputName = inputName;
  }

  /** @throws {AppError} `MODEL_BROKEN` when the bytes are no model that ONNX Runtime can load */
  static async open({ modelId, bytes, threads = 1 }: OnnxSessionOptions): Promise<OnnxSession> {
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
    const inputName = session.inputNames[0];
    if (inputName === undefined || session.inputNames.length !== 1)
      throw analyzerErrors.MODEL_BROKEN({ model: modelId, inputs: session.inputNames.length });
    return new OnnxSession(session, modelId, inputName);
  }

  get outputNames(): readonly string[] {
    return this.#session.outputNames;
  }

  /**
   * @param input is not kept
   * @returns outputs in the model's order
   * @throws {AppError} `MODEL_BROKEN` when the model refuses the shape or gives anything but float32
   */
  async run(input: Tensor): Promise<Tensor[]> {
    const feeds = { [this.#inputName]: new ort.Tensor('float32', input.data, input.shape) };
    let outputs: ort.InferenceSession.ReturnType;
    try {
      outputs = await this.#session.run(feeds);
    } catch (cause) {
      throw analyzerErrors.MODEL_BROKEN({ model: this.#modelId, inputShape: input.shape.join('x') }, cause);
    }
    return this.#session.outputNames.map((name) => {
      const output = outputs[name];
      if (!output || !(output.data instanceof Float32Array))
        throw analyzerErrors.MODEL_BROKEN({ model: this.#modelId, output: name });
      return { data: output.data, shape: output.dims };
    });
  }

  async close(): Promise<void> {
    await this.#session.release();
  }
}
