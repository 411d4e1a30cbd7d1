package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

/** What a test has that works on one running host. */
interface OneHost {

    HostProcess host();

    default Api api() {
        return host().api();
    }

    default Installation installation() {
        return host().installation();
    }

    /** What runs the scripts. */
    default Where where() {
        return installation().where();
    }

    /** Waits for the script of that run to be in its middle. */
    default void awaitBegun(String run) {
        Await.until("begin of the script of run " + run, () -> installation().begun(run) > 0);
    }

    /** Nothing may stay of runs that have ended; what is removed after the answer has a moment for it. */
    default void assertNothingIsLeft() {
        Await.until(
                () -> "removal of " + installation().leftovers(),
                () -> installation().leftovers().isEmpty());
    }

    default void assertRanOnce(String run) {
        assertThat(installation().begun(run)).as("how often run %s began", run).isEqualTo(1);
        assertThat(installation().ended(run)).as("how often run %s ended", run).isEqualTo(1);
    }
}
