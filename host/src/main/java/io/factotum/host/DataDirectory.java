package io.factotum.host;

import io.factotum.host.storage.AesSecretBox;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermission;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.Set;
import java.util.UUID;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The directory that a host keeps from run to run: its id, the secret key, and what it lends to others.
 * One host at a time.
 */
public final class DataDirectory implements AutoCloseable {

    private static final Set<PosixFilePermission> OWNER_ONLY = PosixFilePermissions.fromString("rw-------");

    private final Path path;
    private final FileChannel lockFile;
    private final FileLock lock;

    private DataDirectory(Path path, FileChannel lockFile, FileLock lock) {
        this.path = path;
        this.lockFile = lockFile;
        this.lock = lock;
    }

    /**
     * Takes the directory, which is made if it is not there. Blocks.
     *
     * @throws IOException if it cannot be made or written, or another host has it
     */
    public static DataDirectory take(Path path) throws IOException {
        Files.createDirectories(path);
        FileChannel file =
                FileChannel.open(path.resolve("host.lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
        FileLock lock = tryLock(file);
        if (lock == null) {
            file.close();
            throw new IOException(
                    "Cannot use data directory '%s': another host runs with it. Stop that one, or give this one a data-directory of its own."
                            .formatted(path.toAbsolutePath()));
        }
        return new DataDirectory(path, file, lock);
    }

    private static @Nullable FileLock tryLock(FileChannel file) throws IOException {
        try {
            return file.tryLock();
        } catch (OverlappingFileLockException heldInThisProcess) {
            return null;
        }
    }

    /** Where it is. */
    public Path path() {
        return path;
    }

    /** A directory or file below it. */
    public Path resolve(String name) {
        return path.resolve(name);
    }

    /** The name under which this host holds its leases, made at first start. */
    public String hostId() throws IOException {
        return kept("host-id", () -> UUID.randomUUID().toString());
    }

    /** The key that seals secrets in the database, made at first start. */
    public byte[] secretKey() throws IOException {
        return Base64.getDecoder()
                .decode(kept("secret-key", () -> Base64.getEncoder().encodeToString(randomBytes())));
    }

    /** A value that is made once and readable only by this user. */
    private String kept(String name, Supplier<String> first) throws IOException {
        Path file = path.resolve(name);
        if (!Files.exists(file)) {
            // Moved into place whole: a host killed in between leaves no half a key.
            Path part = Files.createTempFile(path, name, ".part", PosixFilePermissions.asFileAttribute(OWNER_ONLY));
            Files.writeString(part, first.get() + "\n");
            Files.move(part, file, StandardCopyOption.ATOMIC_MOVE);
        }
        return Files.readString(file).strip();
    }

    private static byte[] randomBytes() {
        byte[] bytes = new byte[AesSecretBox.KEY_BYTES];
        new SecureRandom().nextBytes(bytes);
        return bytes;
    }

    @Override
    public void close() throws IOException {
        lock.release();
        lockFile.close();
    }
}
