export { serveVolunteer, type VolunteerScope } from './serve-volunteer.ts'
export type {
  VolunteerCommand,
  VolunteerOpening,
  VolunteerPhase,
  VolunteerSettings,
  VolunteerStatus,
} from './status.ts'
export { createVolunteer, type Volunteer, type VolunteerEnvironment } from './volunteer.ts'
