import { curvatureSuite } from './curvature-suite.ts'

curvatureSuite('cpu')
