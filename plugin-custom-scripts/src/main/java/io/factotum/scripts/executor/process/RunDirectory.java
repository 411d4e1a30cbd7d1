package io.factotum.scripts.executor.process;

import io.factotum.scripts.executor.RunSpec;
import io.factotum.scripts.executor.RunTry;
import io.factotum.scripts.executor.ShellVariables;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryNotEmptyException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.time.Instant;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The directory of one try of a run: all that is known of it lies there as files. Its methods block. */
record RunDirectory(Path path) {

    private static final Logger LOG = LoggerFactory.getLogger(RunDirectory.class);
    private static final FileAttribute<?> OURS_ALONE =
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------"));
    private static final String PART = ".part-";
    private static final String TRASH = ".trash-";
    private static final Duration HALF_DONE_FOR = Duration.ofMinutes(10);
    private static final int DELETE_TRIES = 100;
    private static final Duration BETWEEN_TRIES = Duration.ofMillis(10);

    static RunDirectory of(Path directory, RunTry runTry) {
        return new RunDirectory(directory.resolve(runTry.name()));
    }

    boolean exists() {
        return Files.isDirectory(path);
    }

    /** Makes it whole or not at all. False if it is there already. */
    boolean prepare(RunSpec spec) throws IOException {
        if (exists()) {
            return false;
        }
        Files.createDirectories(path.getParent());
        Path part = Files.createTempDirectory(path.getParent(), PART, OURS_ALONE);
        Files.createFile(part.resolve("created"));
        Files.createFile(part.resolve("stdout"));
        Files.createFile(part.resolve("stderr"));
        Files.write(part.resolve("environment"), ShellVariables.exports(environment(spec)));
        Path work = Files.createDirectory(part.resolve("work"));
        Files.write(work.resolve("script"), spec.script());
        try {
            Files.move(part, path, StandardCopyOption.ATOMIC_MOVE);
            return true;
        } catch (FileAlreadyExistsException | DirectoryNotEmptyException e) {
            delete(part);
            return false;
        }
    }

    private static Map<String, String> environment(RunSpec spec) {
        Map<String, String> all = new LinkedHashMap<>(spec.environment());
        all.putAll(spec.secrets());
        return all;
    }

    Path stdout() {
        return path.resolve("stdout");
    }

    Path stderr() {
        return path.resolve("stderr");
    }

    /** The wrapper that has claimed the run; empty if the script provably has not begun. */
    Optional<WrapperProcess> begun() throws IOException {
        return read("begun").map(WrapperProcess::parse);
    }

    Instant begunAt() throws IOException {
        return modified("begun");
    }

    /** The exit code, once the script has ended. */
    Optional<Integer> exitCode() throws IOException {
        return read("exit").map(Integer::valueOf);
    }

    Instant endedAt() throws IOException {
        return modified("exit");
    }

    Instant createdAt() throws IOException {
        return modified("created");
    }

    /**
     * Claims the run in the place of a wrapper, so that one which comes later does nothing.
     *
     * @return the wrapper that has claimed it before; empty if there was none, or the run is gone
     */
    Optional<WrapperProcess> claim() throws IOException {
        Path ours = path.resolve("claim." + UUID.randomUUID());
        try {
            Files.writeString(ours, WrapperProcess.NOBODY.line());
            Files.createLink(path.resolve("begun"), ours);
            return Optional.empty();
        } catch (IOException claimedOrGoneOrDiskFull) {
            // None of these must keep it from being removed.
            return begun();
        }
    }

    /** Removes it: gone at once for everybody, then file by file. */
    void remove() throws IOException {
        Path trash = path.resolveSibling(TRASH + UUID.randomUUID());
        try {
            Files.move(path, trash, StandardCopyOption.ATOMIC_MOVE);
        } catch (NoSuchFileException e) {
            return;
        }
        delete(trash);
    }

    /** Removes what a host that ended abruptly has left half made or half removed: it holds secrets. */
    static void removeHalfDone(Path directory, Instant now) throws IOException {
        if (!Files.isDirectory(directory)) {
            return;
        }
        try (DirectoryStream<Path> halves = Files.newDirectoryStream(directory, "{" + PART + "," + TRASH + "}*")) {
            for (Path half : halves) {
                if (isOlder(half, now.minus(HALF_DONE_FOR))) {
                    deleteIfPossible(half);
                }
            }
        }
    }

    private static void deleteIfPossible(Path half) {
        try {
            delete(half);
        } catch (IOException kept) {
            LOG.warn("Cannot remove '{}', trying again at the next sweep. It may hold secrets.", half, kept);
        }
    }

    private static boolean isOlder(Path file, Instant than) throws IOException {
        try {
            return Files.getLastModifiedTime(file).toInstant().isBefore(than);
        } catch (NoSuchFileException removedMeanwhile) {
            return false;
        }
    }

    static List<RunDirectory> all(Path directory) throws IOException {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry ->
                            RunTry.parse(entry.getFileName().toString()).isPresent())
                    .map(RunDirectory::new)
                    .toList();
        }
    }

    RunTry runTry() {
        return RunTry.parse(path.getFileName().toString()).orElseThrow();
    }

    private Optional<String> read(String file) throws IOException {
        try {
            return Optional.of(Files.readString(path.resolve(file)).strip());
        } catch (NoSuchFileException e) {
            return Optional.empty();
        }
    }

    private Instant modified(String file) throws IOException {
        return Files.getLastModifiedTime(path.resolve(file)).toInstant();
    }

    // A wrapper that came too late, or what a script has left running, may still write into it.
    private static void delete(Path tree) throws IOException {
        for (int tries = 1; !isDeleted(tree, tries == DELETE_TRIES); tries++) {
            try {
                Thread.sleep(BETWEEN_TRIES.toMillis());
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
                throw new InterruptedIOException("Cannot remove '" + tree + "': interrupted.");
            }
        }
    }

    private static boolean isDeleted(Path tree, boolean lastTry) throws IOException {
        // In this order the environment goes before the claim: without it a wrapper cannot begin the script.
        try (Stream<Path> files = Files.walk(tree)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.deleteIfExists(file);
            }
            return true;
        } catch (NoSuchFileException gone) {
            return true;
        } catch (UncheckedIOException e) {
            if (lastTry || !(e.getCause() instanceof NoSuchFileException)) {
                throw e.getCause();
            }
            return false;
        } catch (DirectoryNotEmptyException e) {
            if (lastTry) {
                throw new IOException(
                        "Cannot remove '" + tree
                                + "': something goes on writing there. End that process, then delete it.",
                        e);
            }
            return false;
        }
    }
}
