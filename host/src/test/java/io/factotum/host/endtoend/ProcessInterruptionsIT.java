package io.factotum.host.endtoend;

/** Interruptions of runs that are processes of the machine. */
class ProcessInterruptionsIT extends InterruptedRuns {

    ProcessInterruptionsIT() {
        super(Where.PROCESS);
    }
}
