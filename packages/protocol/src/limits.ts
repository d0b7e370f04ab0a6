// Every bound of the wire in one place. What exceeds one is refused with a code, never cut silently.

export const protocolVersion = 5

export const limits = {
  /** Control messages (socket.io); tensors never travel there. */
  controlMessageBytesMax: 65_536,
  workersMax: 512,
  /** Bounded by the control message that lists them: 4,096 indices of up to five characters. */
  partitionsMax: 4_096,
  levelsMax: 16,
  segmentsMax: 512,
  /** Of work in tiles: a worker says no more often how far it is. */
  beatMsMin: 5,
  /** 400 MB of parameters, held several times by tab and coordinator. */
  parametersMax: 100_000_000,
  batchPerPartitionMax: 4_096,
  titleCharactersMax: 200,
  /** Names of volunteers and tabs. */
  idCharactersMax: 64,
  /** Of a peer, in one message. */
  iterationsToldMax: 32,
  /** What a peer may say through the coordinator: so many at once, and so many a second after that. */
  relayedAtOnceMax: 2_000,
  relayedPerSecondMax: 500,
  heartBeatMs: 10_000,
  silenceMs: 20_000,
  snapshotsPerSecondMax: 4,
} as const
