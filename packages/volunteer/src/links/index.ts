// What a page needs to host direct links: nothing that computes.

export type {
  DirectLinks,
  DirectLinksPorts,
  IceServer,
  LinkSettings,
  LinkState,
  OpenDirectLinks,
  PeerMessage,
} from './direct-links.ts'
export { linksOver } from './links-over.ts'
