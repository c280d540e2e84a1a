import { BitReader, unescapeRbsp } from '../rtp/bit-reader.ts';
import { parseH265Sps, readPicture, readProfileTierLevel } from '../rtp/h265-sps.ts';
import { BitWriter, escapeRbsp } from './bit-writer.ts';
import { lastSetBit, type RewrittenSps } from './sps-rewriter.ts';

/**
 * Rewrites a sequence parameter set so that a decoder of lone key frames gives each at once: no picture waits for another
 * (`sps_max_num_reorder_pics` 0), in any temporal layer.
 *
 * @throws {AppError} `RTP_PAYLOAD_MALFORMED`
 * @see ITU-T H.265 §7.3.2.2.1, §C.5.2.2
 */
export function rewriteH265Sps(sps: Uint8Array): RewrittenSps {
  const { widthPx, heightPx, maxSubLayers } = parseH265Sps(sps);
  const rbsp = unescapeRbsp(sps);
  const reader = new BitReader(rbsp);
  reader.skip(16 + 8); // NAL header; VPS id, temporal layers, nesting
  readProfileTierLevel(reader, maxSubLayers);
  reader.unsigned(); // sps_seq_parameter_set_id
  readPicture(reader);
  reader.unsigned(); // log2_max_pic_order_cnt_lsb_minus4
  const listed = reader.bit() ? maxSubLayers : 1;
  const writer = new BitWriter().copy(rbsp, 0, reader.position);
  for (let layer = 0; layer < listed; layer++) {
    writer.unsigned(reader.unsigned()).unsigned(0).unsigned(0);
    reader.unsigned(); // sps_max_num_reorder_pics
    reader.unsigned(); // sps_max_latency_increase_plus1
  }
  writer.copy(rbsp, reader.position, lastSetBit(rbsp) + 1);
  return { sps: escapeRbsp(writer.toBytes()), widthPx, heightPx };
}
