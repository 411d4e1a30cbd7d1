package io.factotum.host.plugin;

import io.factotum.host.plugin.trust.TrustPolicy;
import io.vertx.core.buffer.Buffer;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.UUID;

/** Changes the plugins directory as a person should: under another name first, and what makes a jar trusted with it. Blocks. */
final class PluginFiles {

    private final Path directory;
    private final TrustPolicy trust;

    PluginFiles(Path directory, TrustPolicy trust) {
        this.directory = directory;
        this.trust = trust;
    }

    /** Puts that copy there, in place of what is there under that name, with the proof that lies beside the copy. */
    void put(String file, Path copy) throws IOException {
        Optional<String> suffix = trust.suffix();
        demandOwn(directory.resolve(file));
        if (suffix.isPresent()) {
            Path target = directory.resolve(file + suffix.get());
            demandOwn(target);
            Buffer proof = Buffer.buffer(Files.readAllBytes(copy.resolveSibling(copy.getFileName() + suffix.get())));
            replace(target, part -> Files.write(part, trust.beside(file, proof).getBytes()));
        }
        replace(directory.resolve(file), part -> Files.copy(copy, part));
    }

    private static void demandOwn(Path target) throws IOException {
        if (Files.isSymbolicLink(target)) {
            throw new IOException("it is a symbolic link, which somebody else keeps");
        }
    }

    /** Writes a file that is not there yet. */
    @FunctionalInterface
    private interface Write {
        void to(Path part) throws IOException;
    }

    private void replace(Path target, Write write) throws IOException {
        Path part = directory.resolve("." + UUID.randomUUID() + ".part");
        try {
            write.to(part);
            try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    /** Removes that jar and all that lies beside it for its sake, whatever policy it is for. */
    void remove(String file) throws IOException {
        Files.deleteIfExists(directory.resolve(file));
        for (String suffix : TrustPolicy.SUFFIXES) {
            Files.deleteIfExists(directory.resolve(file + suffix));
        }
    }
}
