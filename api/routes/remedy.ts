import { randomUUID } from 'node:crypto';
import type { FastifyInstance, FastifyRequest, preParsingAsyncHookHandler } from 'fastify';
import { hygieneItem } from '#analyzers/packs/kitchen/hygiene-catalogue.ts';
import type { Remedy as DomainRemedy } from '#storage/kitchen/remedy-links.ts';
import type { RemedyTicket } from '#storage/kitchen/remedy-token.ts';
import type { ApiDeps } from '../api-deps.ts';
import { Remedy, RemedyAnswer } from '../contract/remedy.ts';
import { apiErrors } from '../errors.ts';
import type { Looks } from '../looks.ts';
import { iso } from '../time-range.ts';
import { cleanPhoto } from '../remedy-photo.ts';

/** A photo of 8 MB in base64, and the text. */
const BODY_LIMIT = 11_300_000;
const SAME_LOOK_MS = 600_000;
/** Who comes by a link is nobody we know, and stays so in the audit log. */
const BY_LINK = { id: '', username: '' };

/**
 * The door for kitchens without an account: open, but only to who has a link. The token comes as a bearer, since addresses are written into
 * logs on the way; it is looked at before a body is read.
 */
export function addRemedyRoutes(app: FastifyInstance, deps: ApiDeps, looks: Looks): void {
  const { storage, config } = deps;
  const { links } = storage.violationWork;
  const ticketOf = (request: FastifyRequest): RemedyTicket =>
    links.read(/^Bearer (\S+)$/.exec(request.headers.authorization ?? '')?.[1] ?? '');
  const needsLink: preParsingAsyncHookHandler = async (request, _reply, payload) => {
    ticketOf(request);
    return payload;
  };
  const open = (max: number) => ({
    preParsing: needsLink,
    config: { isOpen: true, rateLimit: { max, timeWindow: 60_000 } },
  });
  const opened = async (request: FastifyRequest): Promise<DomainRemedy> => {
    const remedy = await links.open(ticketOf(request));
    const { linkId, violationId } = remedy;
    await looks.note(
      BY_LINK,
      { action: 'remedy.open', target: violationId, detail: { linkId } },
      { key: linkId, withinMs: SAME_LOOK_MS },
    );
    return remedy;
  };

  app.get(
    '/api/remedy',
    { schema: { tags: ['remedy'], security: [], response: { 200: Remedy } }, ...open(config.remedyRequestsPerMinute) },
    async (request, reply) => {
      void reply.header('cache-control', 'no-store');
      return toRemedyView(await opened(request));
    },
  );

  app.get(
    '/api/remedy/picture',
    {
      schema: { tags: ['remedy'], security: [], description: 'The picture of the violation, image/jpeg.' },
      ...open(config.remedyRequestsPerMinute),
    },
    async (request, reply) => {
      const { pictureKey } = await opened(request);
      if (pictureKey === undefined) throw apiErrors.NOT_FOUND();
      const { body, contentType } = await storage.blobs.get(pictureKey);
      return reply.header('content-type', contentType).header('cache-control', 'no-store').send(body);
    },
  );

  app.post<{ Body: RemedyAnswer }>(
    '/api/remedy/answer',
    {
      schema: { tags: ['remedy'], security: [], body: RemedyAnswer, response: { 200: Remedy } },
      bodyLimit: BODY_LIMIT,
      ...open(Math.ceil(config.remedyRequestsPerMinute / 3)),
    },
    async (request) => {
      const ticket = ticketOf(request);
      const { text, photo } = request.body;
      // Before anything is decoded or kept.
      const { receivedAtMs } = await links.open(ticket);
      const picture = photo === undefined || receivedAtMs !== undefined ? undefined : await cleanPhoto(photo);
      const photoKey = picture && `evidence/remedy/${randomUUID()}.jpg`;
      if (picture && photoKey) await storage.blobs.put(photoKey, picture, 'image/jpeg');
      try {
        const violationId = await storage.violationWork.answer(ticket.linkId, { note: text.trim(), photoKey });
        await storage.audit.append({
          ...{ userId: BY_LINK.id, username: BY_LINK.username, action: 'remedy.answer', target: violationId },
          detail: { linkId: ticket.linkId, hasPhoto: photoKey !== undefined },
        });
      } catch (error) {
        if (photoKey) await storage.blobs.delete(photoKey);
        throw error;
      }
      return toRemedyView(await links.open(ticket));
    },
  );
}

function toRemedyView(remedy: DomainRemedy): Remedy {
  const name = hygieneItem(remedy.item)?.name;
  return {
    kitchenName: remedy.kitchenName,
    itemZh: name?.zh ?? remedy.item,
    itemEn: name?.en ?? remedy.item,
    since: iso(remedy.sinceMs),
    hasPicture: remedy.pictureKey !== undefined,
    box: remedy.box,
    expiresAt: iso(remedy.expiresAtMs),
    ...(remedy.deadlineMs === undefined ? {} : { deadline: iso(remedy.deadlineMs) }),
    ...(remedy.note === undefined ? {} : { note: remedy.note }),
    ...(remedy.receivedAtMs === undefined ? {} : { receivedAt: iso(remedy.receivedAtMs) }),
  };
}
