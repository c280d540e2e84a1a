import fc from 'fast-check';
import { expect, test } from 'vitest';
import { AppError } from '#infra/runtime/app-error.ts';
import { escapeXml, find, parseXml, textAt, writeXml } from './xml.ts';

const ANSWER =
  '<?xml version="1.0" encoding="UTF-8"?><s:Envelope xmlns:s="http://www.w3.org/2003/05/soap-envelope"><s:Body>' +
  '<trt:GetProfilesResponse xmlns:trt="http://www.onvif.org/ver10/media/wsdl"><trt:Profiles token="a&amp;b" fixed="true">' +
  '<tt:Name xmlns:tt="http://www.onvif.org/ver10/schema">main</tt:Name><!-- no --><![CDATA[text]]></trt:Profiles>' +
  '</trt:GetProfilesResponse></s:Body></s:Envelope>';

/** Any code points, lone surrogates too; fast-check's own unit `binary` takes seconds to set up. */
function anyText(maxLength = 20): fc.Arbitrary<string> {
  return fc.array(fc.nat(0x10ffff), { maxLength }).map((points) => String.fromCodePoint(...points));
}

function codeOf(run: () => unknown): string {
  try {
    run();
    return 'nothing';
  } catch (error) {
    return error instanceof AppError ? `${error.code} ${String(error.context['detail'])}` : `foreign: ${String(error)}`;
  }
}

test('reads names without prefixes, with namespaces, attributes and text', () => {
  const profile = find(parseXml(ANSWER), 'Body', 'GetProfilesResponse', 'Profiles');
  expect(profile?.namespace).toBe('http://www.onvif.org/ver10/media/wsdl');
  expect(profile?.attributes.get('token')).toBe('a&b');
  expect(profile?.text).toBe('text');
  expect(textAt(profile, 'Name')).toBe('main');
});

test('takes the ampersands that cameras leave bare in addresses, and what stands before the document', () => {
  const root = parseXml('\uFEFF\r\n<Uri>rtsp://10.0.0.2/cam?channel=1&subtype=0&amp;x=&#65;&what;</Uri>');
  expect(root.text).toBe('rtsp://10.0.0.2/cam?channel=1&subtype=0&x=A&what;');
});

test('writes an element back so that it reads the same', () => {
  const source = parseXml('<a:Id xmlns:a="urn:x" k="1 &lt; 2"><b xmlns="urn:y">7 &amp; 8</b></a:Id>');
  expect(parseXml(writeXml(source))).toEqual(source);
});

test('escapes what a name or password may hold', () => {
  fc.assert(
    fc.property(anyText(), (text) => {
      const clean = [...text]
        .filter((one) => /^[\t\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]$/u.test(one))
        .join('');
      expect(parseXml(`<a b="${escapeXml(clean)}"/>`).attributes.get('b')).toBe(clean.replaceAll('\t', ' '));
      expect(parseXml(`<a>${escapeXml(text)}</a>`).name).toBe('a');
    }),
  );
});

test('refuses document types: no entity is ever expanded and no file is read', () => {
  const bomb = `<!DOCTYPE a [<!ENTITY b "${'x'.repeat(100)}"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>`;
  const file = '<!DOCTYPE a [<!ENTITY f SYSTEM "file:///etc/passwd">]><a>&f;</a>';
  const remote = '<!DOCTYPE a SYSTEM "http://127.0.0.1/x.dtd"><a/>';
  for (const text of [bomb, file, remote, '<!DOCTYPE a>  <a/>'])
    expect(codeOf(() => parseXml(text))).toBe('ONVIF_ANSWER_INVALID document type');
});

test('refuses what is too long, too deep or too much', () => {
  expect(codeOf(() => parseXml(`<a>${'x'.repeat(2_000_001)}</a>`))).toBe('ONVIF_ANSWER_INVALID too long');
  expect(codeOf(() => parseXml('<a>'.repeat(300_000)))).toBe('ONVIF_ANSWER_INVALID too deep');
  expect(codeOf(() => parseXml(`<a>${'<b/>'.repeat(100_000)}</a>`))).toBe('ONVIF_ANSWER_INVALID too many elements');
  const attributes = Array.from({ length: 70_000 }, (_, index) => `a${index}=""`).join(' ');
  expect(codeOf(() => parseXml(`<a ${attributes}/>`))).toBe('ONVIF_ANSWER_INVALID too many elements');
});

test('is done in time with the worst that fits into its bounds', { timeout: 60_000 }, () => {
  const declarations = Array.from({ length: 20_000 }, (_, index) => `xmlns:p${index}="u"`).join(' ');
  const hostile = [
    `<a ${declarations}>${'<q:b xmlns:q="u"/>'.repeat(19_000)}</a>`,
    `<a>${'&'.repeat(390_000)}</a>`,
    `<a>${'<![CDATA[x]]>'.repeat(150_000)}</a>`,
    `<a><!--${'-x'.repeat(900_000)}--></a>`,
    `<${'a'.repeat(1_900_000)}/>`,
    `<!DOCTYPE a [${'<!ENTITY a "a">'.repeat(130_000)}`,
    `<a>${'<'.repeat(1_000_000)}`,
  ];
  const startedMs = performance.now();
  for (const text of hostile) codeOf(() => parseXml(text));
  // About a second on an idle machine; what squares would take minutes.
  expect(performance.now() - startedMs).toBeLessThan(40_000);
});

test('random, cut and mutated answers give an element or one error of ours', () => {
  const isFine = (text: string): void => {
    expect(codeOf(() => parseXml(text))).toMatch(/^(nothing|ONVIF_ANSWER_INVALID .*)$/);
  };
  fc.assert(fc.property(anyText(300), isFine));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), (bytes) => isFine(Buffer.from(bytes).toString('utf8'))));
  fc.assert(fc.property(fc.nat(ANSWER.length), (length) => isFine(ANSWER.slice(0, length))));
  fc.assert(
    fc.property(fc.nat(ANSWER.length), fc.nat(20), anyText(20), (at, cut, put) =>
      isFine(ANSWER.slice(0, at) + put + ANSWER.slice(at + cut)),
    ),
    { numRuns: 1000 },
  );
});
