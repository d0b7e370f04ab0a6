import { replicaSuite } from './replica-suite.ts'

replicaSuite('cpu')
