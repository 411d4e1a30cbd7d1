package io.factotum.host.examples;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** The same where every command is BusyBox's, as in a small container image. */
final class SharedFolderInBusyBoxExampleTest extends SharedFolderExampleTest {

    @Override
    ExampleResource order(Path where) throws Exception {
        Path busybox = ExampleResource.onPath("busybox").orElse(null);
        assumeTrue(busybox != null, "busybox is not on the PATH");
        // A copy: its links then stay in the directory that is removed after the test.
        Path applets = Files.createDirectory(where.resolve("applets"));
        Path copy = Files.copy(busybox, applets.resolve("busybox"));
        Process install = new ProcessBuilder(copy.toString(), "--install", "-s", applets.toString()).start();
        assertThat(install.waitFor(30, TimeUnit.SECONDS)).isTrue();
        assertThat(install.exitValue()).isZero();
        return super.order(where).with("PATH", applets.toString());
    }
}
