package io.factotum.host.plugin;

import io.factotum.host.plugin.trust.Proof;
import io.factotum.host.plugin.trust.TrustPolicy;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Takes a jar over: a private copy under the hash of its bytes, checked entry by entry. Blocks. */
final class JarStager {

    /** A private copy that is not checked yet, and what is to make it trusted. */
    record Copy(Path part, String sha256, Proof proof) {

        /** What was decided about is not looked at again; another proof makes it another case. */
        String identity() {
            return sha256 + " " + proof.text();
        }
    }

    private static final int BUFFER_SIZE = 64 * 1024;

    private final Path work;
    private final Path staging;
    private final HostVersions host;
    private final TrustPolicy trust;
    private final byte[] buffer = new byte[BUFFER_SIZE];

    JarStager(Path work, HostVersions host, TrustPolicy trust) {
        this.work = work;
        this.staging = work.resolve(".staging");
        this.host = host;
        this.trust = trust;
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
        String ours = directory.equals(staging) ? "[0-9a-f-]{36}\\.part" : "[0-9a-f]{64}\\.jar(\\..*)?";
        Set<String> kept = Set.copyOf(keptJars().of(directory.getFileName().toString()));
        try (DirectoryStream<Path> copies = Files.newDirectoryStream(
                directory,
                path -> path.getFileName().toString().matches(ours)
                        && kept.stream().noneMatch(path.getFileName().toString()::startsWith))) {
            for (Path copy : copies) {
                Files.deleteIfExists(copy);
            }
        }
    }

    /** A file in the work directory that goes by itself at the next start. */
    Path part() {
        return staging.resolve(UUID.randomUUID() + ".part");
    }

    /** The file that makes that one trusted, if the policy asks for one. */
    Optional<Path> beside(Path jar) {
        return trust.suffix().map(suffix -> jar.resolveSibling(jar.getFileName() + suffix));
    }

    private Proof proofOf(Path jar) throws IOException {
        Optional<Path> beside = beside(jar);
        return beside.isEmpty() ? Proof.NONE : Proof.read(beside.get());
    }

    /**
     * Copies and hashes in one pass.
     *
     * @param named what it is called in the directory, where it may be a link, and what lies beside it there counts
     */
    Copy copy(Path source, Path named) throws IOException {
        return copy(source, proofOf(named));
    }

    /** The same with a proof that came another way. */
    Copy copy(Path source, Proof proof) throws IOException {
        Path part = part();
        try (InputStream in = Files.newInputStream(source);
                OutputStream out = Files.newOutputStream(part)) {
            return new Copy(part, hash(in, out), proof);
        } catch (IOException failed) {
            discard(part, failed);
            throw failed;
        }
    }

    private String hash(InputStream in, OutputStream copy) throws IOException {
        MessageDigest digest = sha256();
        for (int n = in.read(buffer); n >= 0; n = in.read(buffer)) {
            digest.update(buffer, 0, n);
            copy.write(buffer, 0, n);
        }
        return HexFormat.of().formatHex(digest.digest());
    }

    /**
     * Checks a copy and puts it in its place, or removes it.
     *
     * @throws IOException if it is not a whole zip file; it may still be being written
     * @throws RejectedJarException if it is not trusted, or no plugin that this host can load
     */
    StagedJar accept(String file, Copy copy) throws IOException, RejectedJarException {
        try {
            demandTrust(copy.part(), copy.sha256(), copy.proof());
            JarContents contents = JarContents.read(copy.part(), host);
            Path home = home(contents.descriptor().id(), copy.sha256());
            Files.createDirectories(home.getParent());
            keepProof(home, copy.proof());
            Files.move(copy.part(), home, StandardCopyOption.ATOMIC_MOVE);
            return contents.jar(file, home, copy.sha256());
        } catch (IOException | RejectedJarException failed) {
            discard(copy.part(), failed);
            throw failed;
        }
    }

    /** What speaks against that copy before it is even read. */
    Optional<String> objection(Copy copy) throws IOException {
        return trust.objection(copy.part(), copy.sha256(), copy.proof());
    }

    private void demandTrust(Path jar, String sha256, Proof proof) throws IOException, RejectedJarException {
        Optional<String> objection = trust.objection(jar, sha256, proof);
        if (objection.isPresent()) {
            throw new RejectedJarException(objection.get());
        }
    }

    private void keepProof(Path home, Proof proof) throws IOException {
        Optional<Path> beside = beside(home);
        if (beside.isPresent() && proof.content() != null) {
            Files.write(beside.get(), proof.content().getBytes());
        }
    }

    /**
     * A copy that was accepted before, checked again: this host may be another, and trust other keys. Null if it is gone or
     * unusable.
     */
    @Nullable
    StagedJar kept(String id, String file, String sha256) {
        Path home = home(id, sha256);
        try (InputStream in = Files.newInputStream(home)) {
            demandTrust(home, hash(in, OutputStream.nullOutputStream()), proofOf(home));
            JarContents contents = JarContents.read(home, host);
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
