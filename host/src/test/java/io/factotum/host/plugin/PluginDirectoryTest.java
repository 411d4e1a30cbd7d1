package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.plugin.Sighting.Arriving;
import io.factotum.host.plugin.Sighting.Rejected;
import io.factotum.host.plugin.Sighting.Removed;
import io.factotum.host.plugin.Sighting.Staged;
import io.factotum.host.plugin.trust.TrustPolicy;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileTime;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginDirectoryTest {

    private final Path plugins;
    private final Path work;
    private final PluginDirectory directory;
    private long now;

    PluginDirectoryTest(@TempDir Path temporary) {
        this.plugins = temporary.resolve("plugins");
        this.work = temporary.resolve("work");
        this.directory = new PluginDirectory(
                plugins,
                new JarStager(work, HostVersions.current(), TrustPolicy.NONE),
                PluginDirectory.Patience.of(Duration.ofSeconds(2)),
                () -> now);
    }

    @BeforeEach
    void makeDirectories() throws IOException {
        Files.createDirectories(plugins);
        new JarStager(work, HostVersions.current(), TrustPolicy.NONE).open();
    }

    private static byte[] jar(String id) {
        return JarBuilder.bare(id).entry("text", "text ".repeat(10_000)).bytes();
    }

    private Path drop(String name, byte[] bytes) throws IOException {
        return Files.write(plugins.resolve(name), bytes);
    }

    private List<Sighting> lookAfter(int seconds) {
        now += Duration.ofSeconds(seconds).toNanos();
        return directory.look();
    }

    private void lookAtTheEmptyDirectory() {
        assertThat(directory.look()).isEmpty();
    }

    private static StagedJar staged(List<Sighting> seen) {
        assertThat(seen).singleElement().isInstanceOf(Staged.class);
        return ((Staged) seen.get(0)).jar();
    }

    private static Rejected rejected(List<Sighting> seen) {
        assertThat(seen).singleElement().isInstanceOf(Rejected.class);
        return (Rejected) seen.get(0);
    }

    private static Arriving arriving(List<Sighting> seen) {
        assertThat(seen).singleElement().isInstanceOf(Arriving.class);
        return (Arriving) seen.get(0);
    }

    @Test
    void aNewFileIsTakenOnceItLiesStill() throws Exception {
        lookAtTheEmptyDirectory();
        byte[] bytes = jar("greeter");
        drop("any-name.jar", bytes);

        assertThat(arriving(lookAfter(2)).broken()).isFalse();
        StagedJar jar = staged(lookAfter(2));

        String sha256 =
                HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        assertThat(jar.file()).isEqualTo("any-name.jar");
        assertThat(jar.sha256()).isEqualTo(sha256);
        assertThat(jar.copy()).isEqualTo(work.resolve("greeter").resolve(sha256 + ".jar"));
        assertThat(jar.copy()).hasBinaryContent(bytes);
        assertThat(lookAfter(2)).isEmpty();
        assertThat(work.resolve(".staging")).isEmptyDirectory();
    }

    @Test
    void twoLooksTooCloseTogetherDoNotCount() throws IOException {
        lookAtTheEmptyDirectory();
        drop("a.jar", jar("greeter"));
        directory.look();

        assertThat(directory.look()).isEmpty();
        staged(lookAfter(1));
    }

    @Test
    void anOldFileIsTakenAtTheFirstLook() throws IOException {
        Files.setLastModifiedTime(
                drop("a.jar", jar("greeter")), FileTime.from(Instant.now().minusSeconds(11)));

        assertThat(staged(directory.look()).descriptor().id()).isEqualTo("greeter");
    }

    @Test
    void anOldFileThatComesLaterIsNotTakenAtOnce() throws IOException {
        lookAtTheEmptyDirectory();
        Files.setLastModifiedTime(
                drop("a.jar", jar("greeter")), FileTime.from(Instant.now().minusSeconds(11)));

        arriving(lookAfter(2));
    }

    @Test
    void aSlowWriterIsWaitedFor() throws IOException {
        lookAtTheEmptyDirectory();
        byte[] bytes = jar("greeter");
        int chunk = bytes.length / 10 + 1;
        try (OutputStream out = Files.newOutputStream(plugins.resolve("a.jar"))) {
            for (int from = 0; from < bytes.length; from += chunk) {
                out.write(Arrays.copyOfRange(bytes, from, Math.min(bytes.length, from + chunk)));
                out.flush();
                arriving(lookAfter(2));
            }
        }

        assertThat(staged(lookAfter(2)).copy()).hasBinaryContent(bytes);
    }

    @Test
    void aWriterThatPausesIsIncompleteAndTakenWhenItGoesOn() throws IOException {
        lookAtTheEmptyDirectory();
        byte[] bytes = jar("greeter");
        Path file = drop("a.jar", Arrays.copyOf(bytes, bytes.length / 2));
        arriving(lookAfter(2));

        assertThat(arriving(lookAfter(2))).satisfies(incomplete -> {
            assertThat(incomplete.broken()).isTrue();
            assertThat(incomplete.note()).contains("Incomplete");
        });
        assertThat(lookAfter(20)).isEmpty();
        Files.write(file, Arrays.copyOfRange(bytes, bytes.length / 2, bytes.length), StandardOpenOption.APPEND);
        arriving(lookAfter(2));
        staged(lookAfter(2));
    }

    @Test
    void aBrokenFileIsRejectedInTheEndAndNotTriedAgain() throws IOException {
        lookAtTheEmptyDirectory();
        byte[] bytes = jar("greeter");
        Path file = drop("a.jar", Arrays.copyOf(bytes, bytes.length - 1));
        arriving(lookAfter(2));
        arriving(lookAfter(2));

        assertThat(rejected(lookAfter(30)).reason()).contains("Expected a whole zip file");
        assertThat(lookAfter(100)).isEmpty();

        Files.setLastModifiedTime(file, FileTime.from(Instant.now().plusSeconds(5)));
        arriving(lookAfter(2));
        assertThat(lookAfter(2)).as("touched, the same bytes").isEmpty();
    }

    @Test
    void anOldBrokenFileIsRejectedAtTheFirstLook() throws IOException {
        Files.setLastModifiedTime(
                drop("a.jar", "no zip".getBytes(StandardCharsets.UTF_8)),
                FileTime.from(Instant.now().minusSeconds(60)));

        rejected(directory.look());
    }

    @Test
    void aFlippedBitInAnEntryIsFound() throws IOException {
        lookAtTheEmptyDirectory();
        byte[] bytes = JarBuilder.zip(Map.of("META-INF/plugin.json", new byte[] {'{', '}'}, "data", new byte[5000]));
        int inData = new String(bytes, StandardCharsets.ISO_8859_1).indexOf("data") + 8;
        bytes[inData] ^= 1;
        drop("a.jar", bytes);
        lookAfter(2);

        assertThat(arriving(lookAfter(2)).broken()).isTrue();
    }

    @Test
    void aRejectedFileIsTakenWhenItsBytesAreGood() throws IOException {
        lookAtTheEmptyDirectory();
        Path file = drop("a.jar", JarBuilder.zip(Map.of("readme", new byte[] {1})));
        lookAfter(2);
        assertThat(rejected(lookAfter(2)).reason()).contains("Cannot find 'META-INF/plugin.json'");

        Files.write(file, jar("greeter"));
        lookAfter(2);
        staged(lookAfter(2));
    }

    @Test
    void aFileRenamedIntoPlaceIsTakenAndOthersAreLetBe() throws IOException {
        lookAtTheEmptyDirectory();
        Path part = drop(".a.jar.part", jar("greeter"));
        drop(".hidden.jar", jar("greeter"));
        drop("a.jar.tmp", jar("greeter"));
        drop("a.jar.part", jar("greeter"));
        drop("README.md", new byte[1]);
        Files.createDirectory(plugins.resolve("directory.jar"));
        assertThat(lookAfter(2)).isEmpty();
        assertThat(lookAfter(2)).isEmpty();

        Files.move(part, plugins.resolve("a.jar"), StandardCopyOption.ATOMIC_MOVE);
        arriving(lookAfter(2));
        staged(lookAfter(2));
    }

    @Test
    void aLinkTurnedToAnotherFileIsAChange() throws IOException {
        Path versions = Files.createDirectories(plugins.resolve("versions"));
        Path one = Files.write(versions.resolve("1"), jar("greeter"));
        Path two = Files.write(versions.resolve("2"), jar("waiter"));
        lookAtTheEmptyDirectory();
        Path link = Files.createSymbolicLink(plugins.resolve("a.jar"), one);
        lookAfter(2);
        assertThat(staged(lookAfter(2)).descriptor().id()).isEqualTo("greeter");

        Files.delete(link);
        Files.createSymbolicLink(link, two);
        arriving(lookAfter(2));
        assertThat(staged(lookAfter(2)).descriptor().id()).isEqualTo("waiter");
    }

    @Test
    void aRemovalIsToldAfterTwoLooksAndOnce() throws IOException {
        lookAtTheEmptyDirectory();
        Path file = drop("a.jar", jar("greeter"));
        lookAfter(2);
        staged(lookAfter(2));
        Files.delete(file);

        assertThat(lookAfter(2)).isEmpty();
        assertThat(lookAfter(2)).containsExactly(new Removed("a.jar"));
        assertThat(lookAfter(2)).isEmpty();
    }

    @Test
    void aDirectoryThatIsGoneForAWhileRemovesNothing() throws IOException {
        lookAtTheEmptyDirectory();
        drop("a.jar", jar("greeter"));
        lookAfter(2);
        staged(lookAfter(2));

        Path away = Files.move(plugins, plugins.resolveSibling("unmounted"));
        assertThat(Stream.of(1, 2, 3).map(this::lookAfter)).allMatch(List::isEmpty);
        Files.move(away, plugins);

        assertThat(lookAfter(2)).isEmpty();
    }

    @Test
    void copiesOfEarlierStartsAreRemovedAndNothingElse() throws IOException {
        Path copy = Files.createDirectories(work.resolve("greeter")).resolve("0".repeat(64) + ".jar");
        Files.createFile(copy);
        Path keep = Files.createFile(work.resolve("greeter").resolve("notes.txt"));

        new JarStager(work, HostVersions.current(), TrustPolicy.NONE).open();

        assertThat(copy).doesNotExist();
        assertThat(keep).exists();
    }
}
