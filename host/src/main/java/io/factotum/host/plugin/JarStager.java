package io.factotum.host.plugin;

import io.vertx.core.buffer.Buffer;
import io.vertx.core.json.DecodeException;
import io.vertx.core.json.JsonObject;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;
import org.jspecify.annotations.Nullable;

/** Takes a jar over: a private copy under the hash of its bytes, checked entry by entry. Blocks. */
final class JarStager {

    /** A private copy that is not checked yet. */
    record Copy(Path part, String sha256) {}

    private static final int BUFFER_SIZE = 64 * 1024;
    private static final long MAX_DOCUMENT = 1024 * 1024;
    private static final long MAX_UNPACKED = 1L << 30;
    private static final int NAMED_CLASSES = 3;

    private final Path work;
    private final Path staging;
    private final HostVersions host;
    private final byte[] buffer = new byte[BUFFER_SIZE];

    JarStager(Path work, HostVersions host) {
        this.work = work;
        this.staging = work.resolve(".staging");
        this.host = host;
    }

    /** Makes the work directory and removes the copies of earlier starts that are not kept, and nothing else. */
    void open() throws IOException {
        Files.createDirectories(staging);
        try (DirectoryStream<Path> plugins = Files.newDirectoryStream(work, Files::isDirectory)) {
            for (Path plugin : plugins) {
                removeCopies(plugin);
            }
        }
    }

    private void removeCopies(Path directory) throws IOException {
        String ours = directory.equals(staging) ? "[0-9a-f-]{36}\\.part" : "[0-9a-f]{64}\\.jar";
        Set<String> kept = keptJars().of(directory.getFileName().toString()).stream()
                .map(sha256 -> sha256 + ".jar")
                .collect(Collectors.toSet());
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(
                directory,
                path -> path.getFileName().toString().matches(ours)
                        && !kept.contains(path.getFileName().toString()))) {
            for (Path copy : copies) {
                Files.deleteIfExists(copy);
            }
        }
    }

    /** A file in the work directory that goes by itself at the next start. */
    Path part() {
        return staging.resolve(UUID.randomUUID() + ".part");
    }

    /** Copies and hashes in one pass. */
    Copy copy(Path source) throws IOException {
        Path part = part();
        MessageDigest digest = sha256();
        try (InputStream in = new DigestInputStream(Files.newInputStream(source), digest);
                OutputStream out = Files.newOutputStream(part)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                out.write(buffer, 0, n);
            }
        } catch (IOException failed) {
            discard(part, failed);
            throw failed;
        }
        return new Copy(part, HexFormat.of().formatHex(digest.digest()));
    }

    /**
     * Checks a copy and puts it in its place, or removes it.
     *
     * @throws IOException if it is not a whole zip file; it may still be being written
     * @throws RejectedJarException if it is, and no plugin that this host can load
     */
    StagedJar accept(String file, Copy copy) throws IOException, RejectedJarException {
        try {
            Contents contents = check(copy.part());
            Path home = home(contents.descriptor().id(), copy.sha256());
            Files.createDirectories(home.getParent());
            Files.move(copy.part(), home, StandardCopyOption.ATOMIC_MOVE);
            return contents.jar(file, home, copy.sha256());
        } catch (IOException | RejectedJarException failed) {
            discard(copy.part(), failed);
            throw failed;
        }
    }

    /** A copy that was accepted before, checked again: this host may be another. Null if it is gone or unusable. */
    @Nullable
    StagedJar kept(String id, String file, String sha256) {
        Path home = home(id, sha256);
        try {
            Contents contents = check(home);
            return contents.descriptor().id().equals(id) ? contents.jar(file, home, sha256) : null;
        } catch (IOException | RejectedJarException unusable) {
            return null;
        }
    }

    Path home(String id, String sha256) {
        return work.resolve(id).resolve(sha256 + ".jar");
    }

    KeptJars keptJars() {
        return new KeptJars(work);
    }

    void discard(Copy copy) throws IOException {
        Files.deleteIfExists(copy.part());
    }

    private record Contents(
            PluginDescriptor descriptor,
            @Nullable JsonObject settingsSchema,
            @Nullable JsonObject configSchema) {

        StagedJar jar(String file, Path home, String sha256) {
            return new StagedJar(file, home, sha256, descriptor, settingsSchema, configSchema);
        }
    }

    private Contents check(Path jar) throws IOException, RejectedJarException {
        try (ZipFile zip = new ZipFile(jar.toFile())) {
            List<String> hostClasses = new ArrayList<>();
            ByteArrayOutputStream descriptor = new ByteArrayOutputStream();
            boolean described = false;
            long left = MAX_UNPACKED;
            for (ZipEntry entry : zip.stream().toList()) {
                boolean describes = entry.getName().equals(PluginDescriptor.ENTRY);
                described |= describes;
                left -= checkEntry(zip, entry, describes ? descriptor : OutputStream.nullOutputStream(), left);
                if (ClassOrigin.isHostClass(entry.getName())) {
                    hostClasses.add(entry.getName());
                }
            }
            if (!described) {
                throw new RejectedJarException(
                        "Cannot find '%s' in the jar: it is no plugin. Expected the plugin's descriptor there."
                                .formatted(PluginDescriptor.ENTRY));
            }
            refuse(hostClasses);
            PluginDescriptor read = PluginDescriptor.read(json(PluginDescriptor.ENTRY, descriptor.toByteArray()), host);
            return new Contents(read, schema(zip, read.settingsSchema()), schema(zip, read.configSchema()));
        }
    }

    // ZipFile itself compares neither length nor checksum.
    private long checkEntry(ZipFile zip, ZipEntry entry, OutputStream to, long most)
            throws IOException, RejectedJarException {
        CRC32 checksum = new CRC32();
        long length = 0;
        try (InputStream in = zip.getInputStream(entry)) {
            for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
                checksum.update(buffer, 0, n);
                length += n;
                if (length > most) {
                    throw new RejectedJarException(
                            "Cannot load the jar: it unpacks to more than %d bytes at entry '%s'."
                                    .formatted(MAX_UNPACKED, entry.getName()));
                }
                if (length <= MAX_DOCUMENT) {
                    to.write(buffer, 0, n);
                }
            }
        }
        if (length != entry.getSize() || checksum.getValue() != entry.getCrc()) {
            throw new ZipException("entry " + entry.getName() + " does not match its checksum");
        }
        return length;
    }

    private static void refuse(List<String> hostClasses) throws RejectedJarException {
        if (!hostClasses.isEmpty()) {
            throw new RejectedJarException(
                    "Cannot load the jar: it contains %d classes that the host lends, such as %s. Give those dependencies the scope 'provided'."
                            .formatted(
                                    hostClasses.size(),
                                    String.join(
                                            ", ",
                                            hostClasses.stream()
                                                    .limit(NAMED_CLASSES)
                                                    .toList())));
        }
    }

    private static @Nullable JsonObject schema(ZipFile zip, PluginDescriptor.SchemaEntry described)
            throws IOException, RejectedJarException {
        String name = described.name();
        ZipEntry entry = zip.getEntry(name);
        if (entry == null && described.isNamed()) {
            throw new RejectedJarException(
                    "Cannot find %s '%s': the jar has no such entry.".formatted(described.key(), name));
        }
        if (entry == null) {
            return null;
        }
        JsonObject schema;
        if (entry.getSize() > MAX_DOCUMENT) {
            throw new RejectedJarException("Cannot use '%s': it has %d bytes. Expected at most %d."
                    .formatted(name, entry.getSize(), MAX_DOCUMENT));
        }
        try (InputStream in = zip.getInputStream(entry)) {
            schema = json(name, in.readAllBytes());
        }
        try {
            new JarSchema(schema).faults(new JsonObject());
        } catch (RuntimeException unusable) {
            throw new RejectedJarException("Cannot use '%s': it is not a usable JSON Schema. %s"
                    .formatted(name, String.valueOf(unusable.getMessage())));
        }
        return schema;
    }

    private static JsonObject json(String name, byte[] bytes) throws RejectedJarException {
        try {
            return new JsonObject(Buffer.buffer(bytes));
        } catch (DecodeException | ClassCastException malformed) {
            throw new RejectedJarException("Cannot read '%s': it is not a JSON object. %s"
                    .formatted(name, String.valueOf(malformed.getMessage())));
        }
    }

    private static void discard(Path part, Exception because) {
        try {
            Files.deleteIfExists(part);
        } catch (IOException alsoFailed) {
            because.addSuppressed(alsoFailed);
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException impossible) {
            throw new IllegalStateException(impossible);
        }
    }
}
