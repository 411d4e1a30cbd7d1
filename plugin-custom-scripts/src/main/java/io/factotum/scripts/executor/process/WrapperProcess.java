package io.factotum.scripts.executor.process;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;

/**
 * A wrapper as it wrote itself down.
 *
 * @param identity when it was started, in which run of the machine: a process id alone is used again
 */
record WrapperProcess(long pid, String identity) {

    /** In the place of a wrapper: has never been alive. */
    static final WrapperProcess NOBODY = new WrapperProcess(0, "nobody");

    String line() {
        return pid + " " + identity;
    }

    static WrapperProcess parse(String line) {
        int space = line.indexOf(' ');
        return new WrapperProcess(
                Long.parseLong(line.substring(0, space)),
                line.substring(space + 1).strip());
    }

    /** Whether it runs, and is not another process of the same id. Blocks. */
    boolean isAlive() throws IOException {
        return identityOf(pid).filter(identity::equals).isPresent();
    }

    /** Completes when it has ended. Blocks. */
    CompletableFuture<?> ended() throws IOException {
        // The handle first: once the identity is found right, it is known to be this process's.
        Optional<ProcessHandle> handle = ProcessHandle.of(pid);
        return handle.isPresent() && isAlive() ? handle.get().onExit() : CompletableFuture.completedFuture(this);
    }

    /** Sends a signal, unless it has ended. Blocks. */
    void signal(String name) throws IOException {
        if (isAlive()) {
            new ProcessBuilder("/bin/sh", "-c", "kill -s \"$1\" \"$2\"", "factotum", name, Long.toString(pid))
                    .redirectErrorStream(true)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .start();
        }
    }

    private static Optional<String> identityOf(long pid) throws IOException {
        return Files.isDirectory(Path.of("/proc/self")) ? fromProc(pid) : fromPs(pid);
    }

    private static Optional<String> fromProc(long pid) throws IOException {
        Path process = Path.of("/proc", Long.toString(pid));
        String stat;
        try {
            stat = Files.readString(process.resolve("stat"), StandardCharsets.ISO_8859_1);
        } catch (IOException e) {
            // Where it ends after the file was opened, the reading fails, and tells no missing file.
            if (Files.exists(process)) {
                throw e;
            }
            return Optional.empty();
        }
        // The name in parentheses may hold anything; after it the state comes first and the start time 20th.
        String[] fields = stat.substring(stat.lastIndexOf(") ") + 2).split(" ", -1);
        String boot =
                Files.readString(Path.of("/proc/sys/kernel/random/boot_id")).strip();
        return "Z".equals(fields[0]) ? Optional.empty() : Optional.of(boot + " " + fields[19]);
    }

    private static Optional<String> fromPs(long pid) throws IOException {
        ProcessBuilder builder = new ProcessBuilder("ps", "-o", "lstart=", "-p", Long.toString(pid));
        builder.environment().put("LC_ALL", "C");
        Process ps = builder.start();
        String line = new String(ps.getInputStream().readAllBytes(), StandardCharsets.US_ASCII).strip();
        return Optional.of(line).filter(text -> !text.isEmpty());
    }
}
