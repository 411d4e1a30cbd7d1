package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.TimeUnit;

/** Runs programs of this machine. */
final class Command {

    private Command() {}

    /** What it prints. It must end well. */
    static String output(String... line) {
        try {
            // To a file: a program that leaves a child behind, as the engine's script does, keeps a pipe open.
            Path output = Files.createTempFile("command", ".out");
            Process process = new ProcessBuilder(line)
                    .redirectErrorStream(true)
                    .redirectOutput(output.toFile())
                    .start();
            process.getOutputStream().close();
            boolean ended = process.waitFor(2, TimeUnit.MINUTES);
            String printed = Files.readString(output, StandardCharsets.UTF_8);
            Files.delete(output);
            assertThat(ended)
                    .as("%s ended; it printed: %s", List.of(line), printed)
                    .isTrue();
            assertThat(process.exitValue())
                    .as("exit code of %s; it printed: %s", List.of(line), printed)
                    .isZero();
            return printed;
        } catch (IOException failure) {
            throw new AssertionError("Cannot run " + List.of(line), failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while running " + List.of(line), stopped);
        }
    }
}
