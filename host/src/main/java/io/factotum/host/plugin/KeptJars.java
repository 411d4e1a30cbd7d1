package io.factotum.host.plugin;

import io.factotum.host.plugin.trust.TrustPolicy;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Which copies of a plugin have run well: the last two, by hash, the newest first. Kept in a file beside them, so that a
 * host that starts with a bad jar in its directory can still fall back. Blocks.
 */
final class KeptJars {

    private static final int KEPT = 2;

    private final Path work;

    KeptJars(Path work) {
        this.work = work;
    }

    /** Hashes of the copies of that plugin that have run well, the newest first; none if that cannot be read. */
    List<String> of(String id) {
        try {
            return Files.readAllLines(file(id)).stream()
                    .filter(line -> line.matches("[0-9a-f]{64}"))
                    .limit(KEPT)
                    .toList();
        } catch (IOException | UncheckedIOException noneYet) {
            return List.of();
        }
    }

    /** That one runs well. Removes the copies that are kept no more. */
    void remember(StagedJar jar) throws IOException {
        String id = jar.descriptor().id();
        List<String> before = of(id);
        List<String> now = new ArrayList<>(before);
        now.remove(jar.sha256());
        now.add(0, jar.sha256());
        List<String> kept = now.subList(0, Math.min(KEPT, now.size()));
        if (!kept.equals(before)) {
            Path part = file(id).resolveSibling("good.part");
            Files.write(part, kept);
            Files.move(part, file(id), StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        }
        for (String dropped : now.subList(kept.size(), now.size())) {
            Path copy = work.resolve(id).resolve(dropped + ".jar");
            Files.deleteIfExists(copy);
            for (String suffix : TrustPolicy.SUFFIXES) {
                Files.deleteIfExists(copy.resolveSibling(copy.getFileName() + suffix));
            }
        }
    }

    private Path file(String id) {
        return work.resolve(id).resolve("good");
    }
}
