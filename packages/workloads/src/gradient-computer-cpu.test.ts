import { gradientComputerSuite } from './gradient-computer-suite.ts'

gradientComputerSuite('cpu')
