package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.plugin.trust.SigningKey;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The real script on real jars. */
class VerifyCommandIT {

    private static final Path REPOSITORY = Path.of("..").toAbsolutePath().normalize();
    private static final String STARTS = "return Future.succeededFuture();";

    private final Path directory;

    VerifyCommandIT(@TempDir Path directory) {
        this.directory = directory;
    }

    /** What the script has said, and how it has ended. */
    private record Said(int code, List<String> out, String err) {}

    private Said verify(String... arguments) throws Exception {
        List<String> command =
                new ArrayList<>(List.of(REPOSITORY.resolve("bin/plugin").toString(), "verify"));
        command.addAll(List.of(arguments));
        Path out = directory.resolve("out");
        Path err = directory.resolve("err");
        Process process = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectOutput(out.toFile())
                .redirectError(err.toFile())
                .start();
        assertThat(process.waitFor(60, TimeUnit.SECONDS)).as("it ends").isTrue();
        return new Said(process.exitValue(), Files.readAllLines(out, StandardCharsets.UTF_8), Files.readString(err));
    }

    private void write(String file, JarBuilder jar) {
        jar.writeTo(directory.resolve(file));
    }

    @Test
    void aGoodJarIsToldById() throws Exception {
        Said said = verify(REPOSITORY.resolve("plugins-dir/custom-scripts.jar").toString());

        assertThat(said.err()).isEmpty();
        assertThat(said.out()).hasSize(4);
        assertThat(said.out().get(0)).isEqualTo("id       custom-scripts");
        assertThat(said.out().get(3)).matches("sha256   [0-9a-f]{64}");
        assertThat(said.code()).isZero();
    }

    @Test
    void everythingThatIsWrongIsToldAtOnceALineEach() throws Exception {
        write(
                "bad.jar",
                JarBuilder.bare("Greeter")
                        .source("org.slf4j.Mine", "package org.slf4j; public class Mine {}")
                        .source("example.Other", "package example; class Other { Other(int a) {} }")
                        .entry("META-INF/settings.schema.json", "{")
                        .descriptor(json ->
                                json.put("api", "9.9").put("vertx", "4.5").put("main", "example.Other")));

        Said said = verify("bad.jar");

        assertThat(said.code()).isEqualTo(1);
        assertThat(said.out()).allMatch(line -> line.startsWith("bad.jar: "), "each names the jar");
        assertThat(said.out()).anySatisfy(line -> assertThat(line).contains("1 classes that the host lends"));
        assertThat(said.out()).anySatisfy(line -> assertThat(line).contains("Cannot use id 'Greeter'"));
        assertThat(said.out()).anySatisfy(line -> assertThat(line).contains("api '9.9'"));
        assertThat(said.out())
                .anySatisfy(line -> assertThat(line).contains("Cannot read 'META-INF/settings.schema.json'"));
        assertThat(said.out()).anySatisfy(line -> assertThat(line).contains("vertx '4.5'"));
        assertThat(said.out())
                .anySatisfy(line -> assertThat(line).contains("main class 'example.Other'", "does not implement"));
    }

    @Test
    void aMainClassThatCannotBeMadeIsToldAndNothingOfItRuns() throws Exception {
        String ran = directory.resolve("ran").toString();
        write(
                "private.jar",
                JarBuilder.plugin(
                        "greeter",
                        STARTS,
                        "static { try { java.nio.file.Files.createFile(java.nio.file.Path.of(\"%s\")); } catch (Exception e) { throw new Error(e); } } private Main() {}"
                                .formatted(ran)));
        write("none.jar", JarBuilder.bare("greeter"));
        byte[] ofAnother = JarBuilder.bare("greeter")
                .source("example.Base", "package example; public class Base {}")
                .source(
                        "example.Main",
                        "package example; public class Main extends Base implements io.factotum.api.Plugin { public io.vertx.core.Future<?> start(io.factotum.api.PluginContext context) { return null; } }")
                .bytes();
        Files.write(directory.resolve("torn.jar"), without(ofAnother, "example/Base.class"));

        assertThat(verify("private.jar").out())
                .containsExactly(
                        "private.jar: Cannot make main class 'example.Main': it has no public constructor without arguments.");
        assertThat(directory.resolve("ran")).doesNotExist();
        assertThat(verify("none.jar").out())
                .containsExactly("none.jar: Cannot find main class 'example.Main': the jar has no such class.");
        assertThat(verify("torn.jar").out()).singleElement().satisfies(line -> assertThat(line)
                .contains("NoClassDefFoundError: example/Base", "must be in the jar, or lent by the host"));
    }

    private static byte[] without(byte[] jar, String entry) throws IOException {
        var kept = new java.util.LinkedHashMap<String, byte[]>();
        try (var zip = new java.util.zip.ZipInputStream(new java.io.ByteArrayInputStream(jar))) {
            for (var next = zip.getNextEntry(); next != null; next = zip.getNextEntry()) {
                if (!next.getName().equals(entry)) {
                    kept.put(next.getName(), zip.readAllBytes());
                }
            }
        }
        return JarBuilder.zip(kept);
    }

    @Test
    void aTornJarIsToldAndWhatIsNoJarCannotBeVerified() throws Exception {
        byte[] whole = JarBuilder.plugin("greeter", STARTS).bytes();
        Files.write(directory.resolve("half.jar"), Arrays.copyOf(whole, whole.length / 2));

        Said half = verify("half.jar");
        assertThat(half.code()).isEqualTo(1);
        assertThat(half.out()).singleElement().satisfies(line -> assertThat(line)
                .contains("half.jar: Cannot read the jar", "Expected a whole zip file"));
        for (String[] unusable : Stream.of(
                        new String[] {"nowhere.jar"}, new String[] {}, new String[] {"--no", "half.jar"})
                .toList()) {
            Said said = verify(unusable);
            assertThat(said.code()).isEqualTo(2);
            assertThat(said.err()).contains("Usage: bin/plugin verify");
        }
    }

    @Test
    void aConfigurationIsHeldAgainstTheSchemaInTheJar() throws Exception {
        write(
                "greeter.jar",
                JarBuilder.plugin("greeter", STARTS)
                        .entry(
                                "META-INF/config.schema.json",
                                "{\"properties\": {\"speed\": {\"type\": \"integer\"}}}"));
        Path config = Files.writeString(directory.resolve("greeter.yaml"), "speed: fast\n");

        Said wrong = verify("--config", config.toString(), "greeter.jar");
        assertThat(wrong.code()).isEqualTo(1);
        assertThat(wrong.out()).singleElement().satisfies(line -> assertThat(line)
                .contains("greeter.yaml: cannot use /speed"));
        Files.writeString(config, "speed: 7\n");
        assertThat(verify("--config", config.toString(), "greeter.jar").code()).isZero();
        assertThat(verify("--config", "nowhere.yaml", "greeter.jar").code()).isEqualTo(2);
    }

    @Test
    void theTrustPolicyOfTheHostIsAppliedIfAsked() throws Exception {
        SigningKey key = new SigningKey();
        byte[] jar = JarBuilder.plugin("greeter", STARTS).bytes();
        Files.write(directory.resolve("greeter.jar"), jar);
        key.writeTo(Files.createDirectories(directory.resolve("keys")).resolve("release.pem"));
        Path config = Files.writeString(
                directory.resolve("host.yaml"),
                "database: {url: '${env:NOT_SET_HERE}'}\nplugins: {trust: signed, trusted-keys: %s}\n"
                        .formatted(directory.resolve("keys")));

        assertThat(verify("greeter.jar").code()).isZero();
        Said unsigned = verify("--trust", "--host-config", config.toString(), "greeter.jar");
        assertThat(unsigned.code()).isEqualTo(1);
        assertThat(unsigned.out()).singleElement().satisfies(line -> assertThat(line)
                .contains("greeter.jar: Cannot trust the jar: 'greeter.jar.sig' is missing"));
        Files.write(directory.resolve("greeter.jar.sig"), key.sign(jar));
        assertThat(verify("--trust", "--host-config", config.toString(), "greeter.jar")
                        .code())
                .isZero();
        Files.delete(directory.resolve("keys/release.pem"));
        Said noKeys = verify("--trust", "--host-config", config.toString(), "greeter.jar");
        assertThat(noKeys.code()).isEqualTo(2);
        assertThat(noKeys.err()).contains("plugins.trusted-keys", "there is no *.pem in it");
    }
}
