// What a page needs to hold direct links: nothing that computes.

export { isOfBridge } from './bridge.ts'
export type {
  DirectLinks,
  DirectLinksPorts,
  IceServer,
  LinkSettings,
  LinkState,
  OpenDirectLinks,
  PeerMessage,
} from './direct-links.ts'
export { hostLinks } from './host-links.ts'
export { linksOver } from './links-over.ts'
