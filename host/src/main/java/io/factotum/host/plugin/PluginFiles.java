package io.factotum.host.plugin;

import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.UUID;

/** Changes the plugins directory as a person should: under another name first. Blocks. */
final class PluginFiles {

    private final Path directory;

    PluginFiles(Path directory) {
        this.directory = directory;
    }

    boolean has(String file) {
        return Files.exists(directory.resolve(file));
    }

    /** Puts that jar there, in place of what is there under that name. */
    void put(String file, Path jar) throws IOException {
        Path target = directory.resolve(file);
        if (Files.isSymbolicLink(target)) {
            throw new IOException("it is a symbolic link, which somebody else keeps");
        }
        Path part = directory.resolve("." + UUID.randomUUID() + ".part");
        try {
            Files.copy(jar, part);
            try (FileChannel written = FileChannel.open(part, StandardOpenOption.WRITE)) {
                written.force(true);
            }
            Files.move(part, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(part);
        }
    }

    void remove(String file) throws IOException {
        Files.deleteIfExists(directory.resolve(file));
    }
}
