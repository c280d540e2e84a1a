import { expect, test } from 'vitest';
import { senderReport } from '#ingest/rtp/sender-report.ts';
import { keyFrameRequests } from './rtcp-feedback.ts';

const pli = Buffer.from('81ce000200000001deadbeef', 'hex');
const fir = Buffer.from('84ce000400000001000000000badcafe01000000', 'hex');
const report = senderReport({
  ssrc: 1,
  wallMs: 0,
  rtpTimestamp: 0,
  packetsSent: 1,
  octetsSent: 1,
  canonicalName: 'camera',
});

test('finds picture loss and full intra requests in a compound packet', () => {
  expect(keyFrameRequests(Buffer.concat([report, pli, fir]))).toEqual([0xdeadbeef, 0x0badcafe]);
});

test('finds nothing in reports, in other feedback and in what is cut off', () => {
  expect(keyFrameRequests(report)).toEqual([]);
  expect(keyFrameRequests(Buffer.from('8fce000200000001deadbeef', 'hex'))).toEqual([]);
  for (let length = 0; length < pli.length; length++) expect(keyFrameRequests(pli.subarray(0, length))).toEqual([]);
});
