package io.factotum.archetype;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A host as {@code bin/run} starts it, in a directory of its own, on a port that is free. */
final class RunningHost implements AutoCloseable {

    private static final Pattern API = Pattern.compile("\\s+API\\s+(http://\\S+)");

    private final Process process;
    private final CompletableFuture<String> api = new CompletableFuture<>();
    private final StringBuffer printed = new StringBuffer();

    RunningHost(Path home, Path repository) throws IOException {
        Path config = Files.createDirectories(home.resolve("conf")).resolve("host.yaml");
        Files.writeString(config, "http:\n  port: 0\n");
        process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:+UseSerialGC",
                        "-XX:TieredStopAtLevel=1",
                        "--add-opens",
                        "java.base/java.lang=ALL-UNNAMED",
                        "-Dlogback.configurationFile=" + repository.resolve("conf/logback.xml"),
                        "-cp",
                        repository.resolve("host/target/host.jar") + ":" + repository.resolve("host/target/lib") + "/*",
                        "io.factotum.host.Main")
                .directory(home.toFile())
                .redirectErrorStream(true)
                .start();
        Thread reader = new Thread(this::read, "host output");
        reader.setDaemon(true);
        reader.start();
    }

    private void read() {
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.getInputStream(), StandardCharsets.UTF_8))) {
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                printed.append(line).append('\n');
                Matcher address = API.matcher(line);
                if (address.matches()) {
                    api.complete(address.group(1));
                }
            }
            api.completeExceptionally(new IOException("The host has ended."));
        } catch (IOException failure) {
            api.completeExceptionally(failure);
        }
    }

    /** Its API, once it is ready. */
    String api() throws InterruptedException {
        try {
            return api.get(2, TimeUnit.MINUTES);
        } catch (ExecutionException | TimeoutException failure) {
            throw new AssertionError("The host does not get ready; it printed:\n" + printed, failure);
        }
    }

    String printed() {
        return printed.toString();
    }

    @Override
    public void close() throws InterruptedException {
        process.destroy();
        if (!process.waitFor(1, TimeUnit.MINUTES)) {
            process.destroyForcibly();
        }
    }
}
