import { SaxesParser } from 'saxes';
import { ingestErrors } from '../errors.ts';

/** An element without its namespace prefix: makers differ in prefixes and often in namespaces, never in names. */
export interface XmlElement {
  readonly name: string;
  /** Where the prefix leads, for the few elements that are sent back as they came. */
  readonly namespace: string | undefined;
  readonly attributes: ReadonlyMap<string, string>;
  /** All text directly inside, trimmed. */
  readonly text: string;
  readonly children: readonly XmlElement[];
}

export interface XmlLimits {
  /** UTF-16 code units. */
  readonly maxLength: number;
  readonly maxDepth: number;
  /** Elements and attributes together. */
  readonly maxNodes: number;
}

const DEFAULT_LIMITS: XmlLimits = { maxLength: 2_000_000, maxDepth: 48, maxNodes: 60_000 };
const MAX_TEXT = 2000;

/** What an element declares; looking up climbs, and climbing is bounded by the depth. */
interface Scope {
  readonly declared: Map<string, string>;
  readonly above: Scope | undefined;
}

interface OpenElement {
  readonly qualifiedName: string;
  readonly scope: Scope;
  readonly attributes: Map<string, string>;
  text: string;
  readonly children: XmlElement[];
}

/**
 * Reads one XML document from the network. A document type is refused whatever it says, so that there are no entities but the five of XML;
 * depth, number of nodes and length are bounded.
 *
 * Tolerates bare ampersands, which cameras put into addresses, and bytes before the document.
 *
 * @throws {AppError} `ONVIF_ANSWER_INVALID`; the text itself is not in the error, it may hold a password
 */
export function parseXml(text: string, limits: Partial<XmlLimits> = {}): XmlElement {
  const { maxLength, maxDepth, maxNodes } = { ...DEFAULT_LIMITS, ...limits };
  if (text.length > maxLength) throw invalid('too long');
  const parser = new SaxesParser({ position: false });
  const open: OpenElement[] = [];
  let root: XmlElement | undefined;
  let nodes = 0;
  const count = (): void => {
    if (++nodes > maxNodes) throw invalid('too many elements');
  };
  const addText = (piece: string): void => {
    const current = open.at(-1);
    if (current) current.text += piece;
  };
  parser.on('doctype', () => {
    throw invalid('document type');
  });
  parser.on('opentagstart', ({ name }) => {
    count();
    if (open.length >= maxDepth) throw invalid('too deep');
    const scope = { declared: new Map<string, string>(), above: open.at(-1)?.scope };
    open.push({ qualifiedName: name, scope, attributes: new Map(), text: '', children: [] });
  });
  parser.on('attribute', ({ name, value }) => {
    count();
    const current = open.at(-1);
    if (name === 'xmlns') current?.scope.declared.set('', value);
    else if (name.startsWith('xmlns:')) current?.scope.declared.set(name.slice(6), value);
    else current?.attributes.set(localName(name), value);
  });
  parser.on('text', addText);
  parser.on('cdata', addText);
  parser.on('closetag', () => {
    const done = open.pop();
    if (!done) return;
    const element: XmlElement = {
      name: localName(done.qualifiedName),
      namespace: namespaceOf(done),
      attributes: done.attributes,
      text: done.text.trim(),
      children: done.children,
    };
    const parent = open.at(-1);
    if (parent) parent.children.push(element);
    else root = element;
  });
  parser.on('error', () => {
    throw invalid('not well-formed');
  });
  const start = text.indexOf('<');
  if (start < 0) throw invalid('not XML');
  parser.write(escapeBareAmpersands(text.slice(start))).close();
  if (!root) throw invalid('not XML');
  return root;
}

/** The element at this path of names below, or undefined. */
export function find(element: XmlElement | undefined, ...path: readonly string[]): XmlElement | undefined {
  let current = element;
  for (const name of path) current = current?.children.find((child) => child.name === name);
  return current;
}

/** All children of this name. */
export function findAll(element: XmlElement | undefined, name: string): readonly XmlElement[] {
  return element?.children.filter((child) => child.name === name) ?? [];
}

/** Every element of this name at any depth. */
export function descendants(element: XmlElement, name: string): readonly XmlElement[] {
  return element.children.flatMap((child) => [...(child.name === name ? [child] : []), ...descendants(child, name)]);
}

/** Text at this path; undefined when there is none. At most `MAX_TEXT` characters, since it ends up in rows and on pages. */
export function textAt(element: XmlElement | undefined, ...path: readonly string[]): string | undefined {
  return find(element, ...path)?.text.slice(0, MAX_TEXT) || undefined;
}

/** A finite number at this path, else undefined. */
export function numberAt(element: XmlElement | undefined, ...path: readonly string[]): number | undefined {
  const text = textAt(element, ...path);
  const value = text === undefined ? NaN : Number(text);
  return Number.isFinite(value) ? value : undefined;
}

/** UTC epoch milliseconds of an xs:dateTime at this path; one without a zone is taken as UTC, as ONVIF asks for. */
export function timeAt(element: XmlElement | undefined, ...path: readonly string[]): number | undefined {
  return parseTime(textAt(element, ...path));
}

export function parseTime(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const ms = Date.parse(/(Z|[+-]\d\d:?\d\d)$/i.test(text) ? text : `${text}Z`);
  return Number.isNaN(ms) ? undefined : ms;
}

/** An element as XML again, complete with its namespaces: for what has to be sent back as it came. */
export function writeXml({ name, namespace, attributes, text, children }: XmlElement): string {
  const written = [...attributes].map(([key, value]) => ` ${key}="${escapeXml(value)}"`).join('');
  const inside = children.map(writeXml).join('') + escapeXml(text);
  return `<${name} xmlns="${escapeXml(namespace ?? '')}"${written}>${inside}</${name}>`;
}

/** For text and attribute values of what we send. */
export function escapeXml(text: string): string {
  return text
    .replaceAll(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

function localName(name: string): string {
  return name.slice(name.lastIndexOf(':') + 1);
}

function namespaceOf({ qualifiedName, scope }: OpenElement): string | undefined {
  const prefix = qualifiedName.slice(0, Math.max(0, qualifiedName.indexOf(':')));
  for (let current: Scope | undefined = scope; current; current = current.above) {
    const namespace = current.declared.get(prefix);
    if (namespace !== undefined) return namespace;
  }
  return undefined;
}

function escapeBareAmpersands(text: string): string {
  return text.replaceAll(/&(?!(?:amp|lt|gt|quot|apos|#\d{1,7}|#x[0-9a-fA-F]{1,6});)/g, '&amp;');
}

function invalid(detail: string): Error {
  return ingestErrors.ONVIF_ANSWER_INVALID({ detail });
}
