import net from 'node:net';
import { headerOf, type RtspResponse } from './rtsp-message.ts';
import { resolveControl } from './sdp.ts';

const AUTHORITY = /^(rtsps?:\/\/)(?:[^/?#]*@)?(\[[^\]/?#]*\]|[^:/?#]*)(:\d+)?/i;

/**
 * The address that relative control URLs are appended to: Content-Base, else Content-Location, else the request's own;
 * a relative one is resolved against the request's. Servers behind address translation, or with a badly set address,
 * name a host that cannot be reached: the one that we reached takes its place.
 *
 * @param requestUrl what DESCRIBE was sent for
 * @param remoteAddress of the connection, when there is one
 * @see RFC 2326 Appendix C.1.1
 */
export function baseUrlOf(response: RtspResponse, requestUrl: string, remoteAddress: string | undefined): string {
  for (const name of ['content-base', 'content-location']) {
    const value = headerOf(response, name)?.replaceAll(/^[<"\s]+|[>"\s]+$/g, '');
    if (value && !/\s/.test(value)) return reachableUrl(resolveControl(value, requestUrl), requestUrl, remoteAddress);
  }
  return requestUrl;
}

/** `url` with the scheme and host of `requestUrl` when its own cannot be right; never with credentials in it. */
export function reachableUrl(url: string, requestUrl: string, remoteAddress: string | undefined): string {
  const theirs = AUTHORITY.exec(url);
  const ours = AUTHORITY.exec(requestUrl);
  if (!theirs || !ours) return url;
  const [all, scheme = '', host = '', port = ''] = theirs;
  const rest = url.slice(all.length);
  if (scheme.toLowerCase() !== ours[1]?.toLowerCase() || isOutOfReach(host, remoteAddress)) {
    return `${ours[1]}${ours[2]}${ours[3] ?? ''}${rest}`;
  }
  return `${scheme}${host}${port}${rest}`;
}

function isOutOfReach(host: string, remoteAddress: string | undefined): boolean {
  const address = host.replaceAll(/[[\]]/g, '');
  if (address === '') return true;
  const theirs = address.toLowerCase() === 'localhost' ? 'loopback' : scopeOf(address);
  if (theirs === undefined || remoteAddress === undefined) return theirs === 'none';
  const ours = scopeOf(remoteAddress.replace(/^::ffff:(?=\d+\.)/i, '')) ?? 'public';
  return theirs === 'none' || REACH.indexOf(theirs) < REACH.indexOf(ours);
}

/** From the narrowest to the widest: a host that is narrower than where we are is not meant for us. */
const REACH = ['none', 'loopback', 'private', 'public'] as const;

/** Undefined for a name. */
function scopeOf(address: string): (typeof REACH)[number] | undefined {
  if (net.isIPv4(address)) {
    const [a = 0, b = 0] = address.split('.').map(Number);
    if (a === 0) return 'none';
    if (a === 127) return 'loopback';
    const isPrivate =
      a === 10 || (a === 192 && b === 168) || (a === 172 && b >= 16 && b < 32) || (a === 169 && b === 254);
    return isPrivate ? 'private' : 'public';
  }
  if (!net.isIPv6(address)) return undefined;
  if (/^[0:]+$/.test(address)) return 'none';
  if (/^[0:]+:0*1$/.test(address)) return 'loopback';
  return /^f(?:[cd]|e[89ab])/i.test(address) ? 'private' : 'public';
}
