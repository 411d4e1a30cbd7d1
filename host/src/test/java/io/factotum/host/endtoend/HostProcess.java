package io.factotum.host.endtoend;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A host as {@code bin/run} starts it: one process after another on the same installation. */
final class HostProcess implements AutoCloseable {

    private static final Pattern API = Pattern.compile("\\s+API\\s+(http://\\S+)/api/v1");
    private static final Pattern TOKEN = Pattern.compile("\\s+Admin token\\s+(\\S+)");
    private static final Duration START = Duration.ofMinutes(2);
    private static final Duration STOP = Duration.ofMinutes(1);

    private final Installation installation;
    private final Path output;
    private @Nullable Process process;
    private @Nullable Api api;

    HostProcess(Installation installation) {
        this.installation = installation;
        this.output = installation.home().resolve("host.log");
    }

    /** Starts it, and waits until it says that it is ready. */
    HostProcess start() {
        try {
            launch().get(START.toSeconds(), TimeUnit.SECONDS);
            return this;
        } catch (ExecutionException | TimeoutException failure) {
            throw new AssertionError("The host does not get ready; it printed:\n" + output(), failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while the host started", stopped);
        }
    }

    /** Starts it; completes when it says that it is ready. */
    CompletableFuture<Void> launch() {
        assertThat(process == null || !process.isAlive())
                .as("the host has ended before")
                .isTrue();
        ProcessBuilder builder = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-Dlogback.configurationFile=" + Repository.ROOT.resolve("conf/logback.xml"),
                        "-cp",
                        Repository.hostClassPath(),
                        "io.factotum.host.Main",
                        "--config",
                        installation.config().toString())
                .directory(installation.home().toFile())
                .redirectErrorStream(true);
        // The examples fall back to the home directory where there is no /srv/factotum.
        builder.environment().put("HOME", installation.shared().toString());
        CompletableFuture<Void> ready = new CompletableFuture<>();
        try {
            Process started = builder.start();
            process = started;
            Thread reader = new Thread(() -> read(started.getInputStream(), ready), "host output");
            reader.setDaemon(true);
            reader.start();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
        return ready;
    }

    private void read(InputStream printed, CompletableFuture<Void> ready) {
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(printed, StandardCharsets.UTF_8));
                Writer file = Files.newBufferedWriter(
                        output, StandardOpenOption.CREATE, StandardOpenOption.APPEND, StandardOpenOption.WRITE)) {
            String url = "";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                file.append(line).append('\n').flush();
                Matcher address = API.matcher(line);
                Matcher token = TOKEN.matcher(line);
                if (address.matches()) {
                    url = address.group(1);
                } else if (token.matches()) {
                    api = new Api(url, token.group(1));
                    ready.complete(null);
                }
            }
            ready.completeExceptionally(new IOException("The host has ended."));
        } catch (IOException failure) {
            ready.completeExceptionally(failure);
        }
    }

    /** What can be asked of it, once it is ready. */
    Api api() {
        if (api == null) {
            throw new IllegalStateException("The host has never been ready.");
        }
        return api;
    }

    Installation installation() {
        return installation;
    }

    boolean isAlive() {
        return process != null && process.isAlive();
    }

    long pid() {
        return process().pid();
    }

    /** Lets it live for a while. */
    void live(Duration time) throws InterruptedException {
        assertThat(process().waitFor(time.toMillis(), TimeUnit.MILLISECONDS))
                .as("the host has ended by itself")
                .isFalse();
    }

    /** As {@code kill -9} does. */
    void kill() {
        process().destroyForcibly();
        awaitEnd(process().toHandle());
    }

    /** As Ctrl-C or a service manager does. */
    void stop() {
        process().destroy();
        awaitEnd(process().toHandle());
    }

    private Process process() {
        if (process == null) {
            throw new IllegalStateException("The host was never started.");
        }
        return process;
    }

    /** The first process of its PostgreSQL, if that runs. */
    Optional<ProcessHandle> postgres() {
        Path file = installation.data().resolve("postgresql/cluster/postmaster.pid");
        try {
            List<String> lines = Files.exists(file) ? Files.readAllLines(file) : List.of();
            return lines.isEmpty()
                    ? Optional.empty()
                    : ProcessHandle.of(Long.parseLong(lines.get(0).strip())).filter(ProcessHandle::isAlive);
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** As {@code kill -9} does to PostgreSQL. */
    void killPostgres() {
        ProcessHandle running = postgres().orElseThrow();
        running.destroyForcibly();
        awaitEnd(running);
    }

    /** All that it has printed so far. */
    String output() {
        try {
            return Files.exists(output) ? Files.readString(output) : "";
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    /** Ends it, PostgreSQL and what scripts have left. */
    @Override
    public void close() {
        if (isAlive()) {
            stop();
        }
        postgres().ifPresent(running -> {
            running.destroy();
            awaitEnd(running);
        });
        installation.clear();
    }

    private static void awaitEnd(ProcessHandle handle) {
        try {
            handle.onExit().get(STOP.toSeconds(), TimeUnit.SECONDS);
        } catch (ExecutionException | TimeoutException failure) {
            handle.destroyForcibly();
            throw new AssertionError("Process %d does not end".formatted(handle.pid()), failure);
        } catch (InterruptedException stopped) {
            Thread.currentThread().interrupt();
            throw new AssertionError("Interrupted while a process ended", stopped);
        }
    }
}
