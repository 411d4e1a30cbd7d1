package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.extension.AfterTestExecutionCallback;
import org.junit.jupiter.api.extension.RegisterExtension;
import org.junit.jupiter.api.io.TempDir;

/** One installation for the tests of a class, whose host runs at the beginning of each test. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
abstract class EndToEnd implements OneHost {

    @RegisterExtension
    final AfterTestExecutionCallback showsTheHostsOutput = context -> context.getExecutionException()
            .ifPresent(failure -> System.err.printf(
                    "What the host printed until %s failed:%n%s%n", context.getDisplayName(), host().output()));

    private final Where where;
    private HostProcess host;

    EndToEnd(Where where) {
        this.where = where;
    }

    /** Sets what is particular to the class. */
    void configure(Installation installation) throws IOException {}

    @Override
    public HostProcess host() {
        return host;
    }

    @BeforeAll
    void startTheHostForTheFirstTime(@TempDir Path home) throws IOException {
        Installation installation = new Installation(home.toRealPath(), where);
        configure(installation);
        host = new HostProcess(installation.make());
        host.start();
    }

    @BeforeEach
    void startTheHostIfItIsDown() {
        if (!host.isAlive()) {
            host.start();
        }
    }

    @AfterAll
    void stopTheHost() {
        host.close();
        assertThat(host.isAlive()).as("the host runs").isFalse();
        assertThat(host.postgres()).as("PostgreSQL of the host").isEmpty();
    }
}
