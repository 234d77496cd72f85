import { providerOffers, providerType } from '@understudy/shared/contracts/provider';
import * as z from 'zod';
import { route } from '../http/route.ts';
import { acceptOffer, listOffers } from '../services/providers/offers.ts';
import { added, toProviderReply } from './providers.ts';

export const providerOfferRoutes = [
  route({
    id: 'listProviderOffers',
    method: 'GET',
    path: '/api/providers/offers',
    summary: "Providers that the service's environment has a key for and that nobody has added yet.",
    access: 'providers:read',
    replies: { 200: { description: 'The offers.', schema: providerOffers } },
    async handle(ctx) {
      return { status: 200, body: { data: await listOffers(ctx) } };
    },
  }),
  route({
    id: 'acceptProviderOffer',
    method: 'POST',
    path: '/api/providers/offers/:type',
    summary: "Add an offered provider with the key of the service's environment.",
    access: 'providers:write',
    params: z.object({ type: providerType.check(z.core.describe('The type of the offer.')) }),
    replies: { 201: added },
    problems: ['not_found', 'provider_name_taken'],
    async handle(ctx, { viewer, requestId, params }) {
      return toProviderReply(201, await acceptOffer(ctx, { viewer, requestId, type: params.type }));
    },
  }),
];
