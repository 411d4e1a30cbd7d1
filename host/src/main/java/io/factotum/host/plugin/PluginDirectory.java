package io.factotum.host.plugin;

import io.factotum.host.plugin.JarStager.Copy;
import java.io.IOException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.LongSupplier;
import java.util.zip.ZipException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at the plugins directory, and takes over each jar once it is whole and lies still. Looks, rather than being told:
 * mounted directories lose notifications. Blocks; one look at a time.
 */
final class PluginDirectory {

    /**
     * How patient it is.
     *
     * @param stability how long a file must have lain still to be taken
     * @param incomplete how long a broken one must have, to be given up
     * @param settled how old a file found at start must be to be taken at once
     */
    record Patience(Duration stability, Duration incomplete, Duration settled) {

        /** For a look every so often: at two seconds one second, thirty, and ten. */
        static Patience of(Duration pollInterval) {
            return new Patience(pollInterval.dividedBy(2), pollInterval.multipliedBy(15), Duration.ofSeconds(10));
        }
    }

    /** What a file looks like from outside, with what lies beside it to make it trusted. */
    private record Stat(
            Path path,
            @Nullable Object fileKey,
            long size,
            FileTime modified,
            @Nullable Stat proof) {

        private FileTime latest() {
            return proof == null || proof.modified.compareTo(modified) < 0 ? modified : proof.modified;
        }
    }

    private static final class Watched {
        private Stat stat;
        private long stillSince;
        private boolean broken;
        private boolean taken;
        private boolean missing;
        private String decided = "";

        private Watched(Stat stat, long stillSince) {
            this.stat = stat;
            this.stillSince = stillSince;
        }

        private void changed(Stat newStat, long now) {
            stat = newStat;
            stillSince = now;
            broken = false;
            taken = false;
        }

        private void decide(String identity) {
            taken = true;
            decided = identity;
        }
    }

    private static final Logger LOG = LoggerFactory.getLogger(PluginDirectory.class);

    private final Path directory;
    private final JarStager stager;
    private final Patience patience;
    private final LongSupplier nanoTime;
    private final Map<String, Watched> watched = new TreeMap<>();
    private boolean firstLook = true;
    private boolean unreadable;

    PluginDirectory(Path directory, JarStager stager, Patience patience, LongSupplier nanoTime) {
        this.directory = directory;
        this.stager = stager;
        this.patience = patience;
        this.nanoTime = nanoTime;
    }

    /** What is new since the last look, by file name. */
    List<Sighting> look() {
        Map<String, Stat> listed;
        try {
            listed = list();
            unreadable = false;
        } catch (IOException | DirectoryIteratorException failed) {
            tellOnce(failed);
            return List.of();
        }
        List<Sighting> seen = new ArrayList<>();
        listed.forEach((file, stat) -> seen.addAll(lookAt(file, stat)));
        seen.addAll(missing(listed));
        firstLook = false;
        return seen;
    }

    /** What comes under that name from now on is new. */
    void forget(String file) {
        watched.remove(file);
    }

    private void tellOnce(Exception failed) {
        if (!unreadable) {
            LOG.warn("Plugins directory cannot be listed, loaded plugins stay directory={}", directory, failed);
        }
        unreadable = true;
    }

    private Map<String, Stat> list() throws IOException {
        Map<String, Stat> listed = new TreeMap<>();
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory, PluginDirectory::isJar)) {
            for (Path file : files) {
                Stat stat = statWithProof(file);
                if (stat != null) {
                    listed.put(file.getFileName().toString(), stat);
                }
            }
        }
        return listed;
    }

    // What is copied under another name first ends in .part or .tmp, or begins with a dot.
    private static boolean isJar(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".jar") && !name.startsWith(".");
    }

    private @Nullable Stat statWithProof(Path file) throws IOException {
        Optional<Path> beside = stager.beside(file);
        return stat(file, beside.isPresent() ? stat(beside.get(), null) : null);
    }

    private static @Nullable Stat stat(Path file, @Nullable Stat proof) throws IOException {
        try {
            BasicFileAttributes attributes = Files.readAttributes(file, BasicFileAttributes.class);
            return attributes.isRegularFile()
                    ? new Stat(
                            file.toRealPath(),
                            attributes.fileKey(),
                            attributes.size(),
                            attributes.lastModifiedTime(),
                            proof)
                    : null;
        } catch (NoSuchFileException goneMeanwhile) {
            return null;
        }
    }

    private List<Sighting> lookAt(String file, Stat stat) {
        long now = nanoTime.getAsLong();
        Watched entry = watched.get(file);
        if (entry == null) {
            long age = firstLook ? age(stat) : 0;
            entry = new Watched(stat, now - age);
            watched.put(file, entry);
            return age >= patience.settled().toNanos()
                    ? take(file, entry, now)
                    : List.of(new Sighting.Arriving(file, false, "Waiting until the file lies still."));
        }
        entry.missing = false;
        if (!entry.stat.equals(stat)) {
            entry.changed(stat, now);
            return List.of(new Sighting.Arriving(file, false, "The file changes, waiting until it lies still."));
        }
        Duration wait = entry.broken ? patience.incomplete() : patience.stability();
        return entry.taken || now - entry.stillSince < wait.toNanos() ? List.of() : take(file, entry, now);
    }

    private static long age(Stat stat) {
        long millis = System.currentTimeMillis() - stat.latest().toMillis();
        return Duration.ofMillis(Math.max(0, millis)).toNanos();
    }

    private List<Sighting> take(String file, Watched entry, long now) {
        String sha256 = "";
        String identity = "";
        try {
            Copy copy = stager.copy(entry.stat.path(), directory.resolve(file));
            sha256 = copy.sha256();
            identity = copy.identity();
            Stat after = statWithProof(directory.resolve(file));
            if (after == null || !after.equals(entry.stat)) {
                stager.discard(copy);
                entry.changed(after == null ? entry.stat : after, now);
                return List.of(new Sighting.Arriving(file, false, "The file changed while it was copied."));
            }
            if (identity.equals(entry.decided)) {
                stager.discard(copy);
                entry.taken = true;
                return List.of();
            }
            StagedJar jar = stager.accept(file, copy);
            entry.decide(identity);
            return List.of(new Sighting.Staged(file, jar));
        } catch (RejectedJarException rejected) {
            entry.decide(identity);
            return List.of(new Sighting.Rejected(file, sha256, rejected.reason()));
        } catch (IOException broken) {
            return broken(file, entry, sha256, identity, broken, now);
        } catch (RuntimeException | StackOverflowError unforeseen) {
            // Whatever is in one jar, the others are looked at.
            LOG.error("Plugin jar cannot be checked file={} sha256={}", file, sha256, unforeseen);
            entry.decide(identity);
            return List.of(new Sighting.Rejected(file, sha256, "Cannot check the jar: " + unforeseen));
        }
    }

    private List<Sighting> broken(
            String file, Watched entry, String sha256, String identity, IOException reason, long now) {
        String text = reason instanceof ZipException ? String.valueOf(reason.getMessage()) : reason.toString();
        entry.broken = true;
        if (now - entry.stillSince < patience.incomplete().toNanos()) {
            return List.of(new Sighting.Arriving(file, true, "Incomplete, it may still be being written: " + text));
        }
        entry.decide(identity);
        return List.of(new Sighting.Rejected(
                file, sha256, "Cannot read the jar: %s. Expected a whole zip file; drop it again.".formatted(text)));
    }

    // Missing at two looks in a row: replacing a file by deleting and writing it is not a removal.
    private List<Sighting> missing(Map<String, Stat> listed) {
        List<Sighting> removed = new ArrayList<>();
        watched.entrySet().removeIf(entry -> {
            if (listed.containsKey(entry.getKey())) {
                return false;
            }
            if (entry.getValue().missing) {
                removed.add(new Sighting.Removed(entry.getKey()));
                return true;
            }
            entry.getValue().missing = true;
            return false;
        });
        return removed;
    }
}
