package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.factotum.api.Plugin;
import io.factotum.host.config.ConfigFile;
import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.ServiceLoader;
import java.util.jar.JarFile;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class PluginClassLoaderTest {

    private static final ClassLoader HOST = Plugin.class.getClassLoader();

    private final Path directory;

    PluginClassLoaderTest(@TempDir Path directory) {
        this.directory = directory;
    }

    private PluginClassLoader loader(String name, JarBuilder jar) {
        return new PluginClassLoader(name, jar.writeTo(directory.resolve(name + ".jar")), HOST);
    }

    private static JarBuilder withAnswer(int answer) {
        return JarBuilder.bare("plugin")
                .source(
                        "example.Answer",
                        "package example; public class Answer { public static int answer() { return " + answer
                                + "; } }");
    }

    @Test
    void twoPluginsMayHaveDifferentClassesOfOneName() throws Exception {
        try (PluginClassLoader one = loader("one", withAnswer(1));
                PluginClassLoader two = loader("two", withAnswer(2))) {
            Class<?> ofOne = one.loadClass("example.Answer");
            Class<?> ofTwo = two.loadClass("example.Answer");

            assertThat(ofOne).isNotSameAs(ofTwo);
            assertThat(ofOne.getMethod("answer").invoke(null)).isEqualTo(1);
            assertThat(ofTwo.getMethod("answer").invoke(null)).isEqualTo(2);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.factotum.host.plugin.PluginReconciler",
                "io.factotum.host.config.ConfigFile",
                "com.fasterxml.jackson.databind.ObjectMapper",
                "com.fasterxml.jackson.core.JsonParser",
                "org.flywaydb.core.Flyway",
                "org.postgresql.Driver"
            })
    void whatIsTheHostsOwnIsNotThere(String hostClass) throws IOException {
        assertThat(classOfTheHost(hostClass)).as("the host has it").isNotNull();
        try (PluginClassLoader loader = loader("plugin", withAnswer(1))) {
            assertThatThrownBy(() -> loader.loadClass(hostClass)).isInstanceOf(ClassNotFoundException.class);
            assertThat(loader.getResource(hostClass.replace('.', '/') + ".class"))
                    .isNull();
        }
    }

    private static Class<?> classOfTheHost(String name) {
        try {
            return Class.forName(name, false, HOST);
        } catch (ClassNotFoundException absent) {
            throw new AssertionError(absent);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "io.factotum.api.Plugin",
                "io.vertx.core.Vertx",
                "io.vertx.ext.web.Router",
                "io.netty.buffer.ByteBuf",
                "org.slf4j.Logger",
                "org.jspecify.annotations.Nullable"
            })
    void whatIsLentIsTheHostsVeryClass(String lent) throws Exception {
        try (PluginClassLoader loader = loader("plugin", withAnswer(1))) {
            assertThat(loader.loadClass(lent)).isSameAs(classOfTheHost(lent));
        }
    }

    @Test
    void aVertxModuleThatTheHostLacksIsThePluginsOwn() throws Exception {
        JarBuilder jar = JarBuilder.bare("plugin")
                .source("io.vertx.ext.mail.Letter", "package io.vertx.ext.mail; public class Letter {}");
        try (PluginClassLoader loader = loader("plugin", jar)) {
            assertThat(loader.loadClass("io.vertx.ext.mail.Letter").getClassLoader())
                    .isSameAs(loader);
        }
    }

    @Test
    void aBundledLibraryIsUsedInsteadOfTheHosts() throws Exception {
        JarBuilder jar = JarBuilder.bare("plugin")
                .source(
                        "com.fasterxml.jackson.databind.ObjectMapper",
                        "package com.fasterxml.jackson.databind; public class ObjectMapper {}");
        try (PluginClassLoader loader = loader("plugin", jar)) {
            Class<?> mapper = loader.loadClass("com.fasterxml.jackson.databind.ObjectMapper");

            assertThat(mapper.getClassLoader()).isSameAs(loader);
        }
    }

    @Test
    void theJdkIsThereAndItsOwn() throws Exception {
        try (PluginClassLoader loader = loader("plugin", withAnswer(1))) {
            assertThat(loader.loadClass("java.sql.Connection")).isSameAs(java.sql.Connection.class);
            assertThat(loader.loadClass("java.net.http.HttpClient")).isSameAs(java.net.http.HttpClient.class);
        }
    }

    @Test
    void resourcesAreThePluginsOwn() throws Exception {
        JarBuilder jar = withAnswer(1).entry("db/migration/V1__nouns_of_the_design.sql", "of the plugin");
        assertThat(HOST.getResource("db/migration/V1__nouns_of_the_design.sql")).isNotNull();
        try (PluginClassLoader loader = loader("plugin", jar);
                InputStream in = loader.getResourceAsStream("db/migration/V1__nouns_of_the_design.sql")) {
            assertThat(new String(in.readAllBytes(), StandardCharsets.UTF_8)).isEqualTo("of the plugin");
            assertThat(Collections.list(loader.getResources("db/migration/V1__nouns_of_the_design.sql")))
                    .hasSize(1);
        }
    }

    @Test
    void lentPackagesResourcesAreTheHosts() throws Exception {
        String name = "io/vertx/core/Vertx.class";
        try (PluginClassLoader loader = loader("plugin", withAnswer(1))) {
            assertThat(loader.getResource(name)).isEqualTo(HOST.getResource(name));
            assertThat(Collections.list(loader.getResources(name)).stream().map(URL::toString))
                    .containsExactly(String.valueOf(HOST.getResource(name)));
        }
    }

    @Test
    void servicesOfTheHostAreInvisible() throws Exception {
        assertThat(HOST.getResource("META-INF/services/java.sql.Driver")).isNotNull();
        try (PluginClassLoader loader = loader("plugin", withAnswer(1))) {
            assertThat(Collections.list(loader.getResources("META-INF/services/java.sql.Driver")))
                    .isEmpty();
            assertThat(ServiceLoader.load(java.sql.Driver.class, loader)).isEmpty();
        }
    }

    @Test
    void aServiceOfThePluginIsFoundThere() throws Exception {
        JarBuilder jar = JarBuilder.bare("plugin")
                .source(
                        "example.Task",
                        "package example; public class Task implements Runnable { public void run() {} }")
                .entry("META-INF/services/java.lang.Runnable", "example.Task");
        try (PluginClassLoader loader = loader("plugin", jar)) {
            assertThat(ServiceLoader.load(Runnable.class, loader))
                    .singleElement()
                    .satisfies(
                            task -> assertThat(task.getClass().getClassLoader()).isSameAs(loader));
        }
    }

    @Test
    void aClassTellsItsPackageAndWhereItIsFrom() throws Exception {
        JarBuilder jar =
                withAnswer(1).entry("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nImplementation-Version: 7.1\n\n");
        try (PluginClassLoader loader = loader("plugin", jar)) {
            Class<?> answer = loader.loadClass("example.Answer");
            assertThat(answer.getPackage().getImplementationVersion()).isEqualTo("7.1");
            assertThat(Path.of(answer.getProtectionDomain()
                            .getCodeSource()
                            .getLocation()
                            .toURI()))
                    .isEqualTo(directory.resolve("plugin.jar"));
        }
    }

    @Test
    void aJarForSeveralVersionsOfJavaGivesTheClassForThisOne() throws Exception {
        byte[] later = classFile(withAnswer(17), "example/Answer.class");
        byte[] jar = withAnswer(8)
                .entry("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nMulti-Release: true\n\n")
                .entry("META-INF/versions/17/example/Answer.class", later)
                .bytes();
        Path file = Files.write(directory.resolve("plugin.jar"), jar);
        try (PluginClassLoader loader = new PluginClassLoader("plugin", file, HOST)) {
            assertThat(loader.loadClass("example.Answer").getMethod("answer").invoke(null))
                    .isEqualTo(17);
        }
    }

    private byte[] classFile(JarBuilder jar, String entry) throws IOException {
        try (JarFile file =
                new JarFile(jar.writeTo(directory.resolve("other.jar")).toFile())) {
            return file.getInputStream(file.getEntry(entry)).readAllBytes();
        }
    }

    @Test
    void whatTheManifestNamesOutsideOfTheJarIsNotThere() throws Exception {
        withAnswer(1).writeTo(directory.resolve("other.jar"));
        JarBuilder jar = JarBuilder.bare("plugin")
                .entry("META-INF/MANIFEST.MF", "Manifest-Version: 1.0\nClass-Path: other.jar\n\n");
        try (PluginClassLoader loader = loader("plugin", jar)) {
            assertThatThrownBy(() -> loader.loadClass("example.Answer")).isInstanceOf(ClassNotFoundException.class);
            assertThat(loader.getResource("example/Answer.class")).isNull();
        }
    }

    @Test
    void aJarThatCannotBeReadIsNamed() throws Exception {
        try (PluginClassLoader loader = loader("plugin", withAnswer(1))) {
            Files.delete(directory.resolve("plugin.jar"));
            assertThatThrownBy(() -> loader.loadClass("example.Answer"))
                    .isInstanceOf(ClassNotFoundException.class)
                    .hasMessageContaining("Cannot load class 'example.Answer'")
                    .hasMessageContaining("plugin.jar");
        }
    }

    @Test
    void aClassAskedForAfterTheEndNamesThePlugin() throws Exception {
        PluginClassLoader loader = loader("greeter@1.0.0#12345678", withAnswer(1));
        loader.close();

        assertThatThrownBy(() -> loader.loadClass("example.Answer"))
                .isInstanceOf(PluginClosedException.class)
                .hasMessageContaining("greeter@1.0.0#12345678")
                .hasMessageContaining("example.Answer");
        assertThat(loader.loadClass("io.vertx.core.Vertx")).isSameAs(io.vertx.core.Vertx.class);
    }

    @Test
    void theHostItselfIsOnAnotherLoaderThanThePlatform() {
        // What the other tests rest on.
        assertThat(ConfigFile.class.getClassLoader()).isNotSameAs(ClassLoader.getPlatformClassLoader());
    }
}
