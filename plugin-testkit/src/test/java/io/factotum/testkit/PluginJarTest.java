package io.factotum.testkit;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PluginJarTest {

    @TempDir
    Path directory;

    private Path jar(String entry, String content) throws IOException {
        Path jar = directory.resolve("some.jar");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(jar))) {
            zip.putNextEntry(new ZipEntry(entry));
            zip.write(content.getBytes(StandardCharsets.UTF_8));
        }
        return jar;
    }

    @Test
    void idIsTheDescriptors() throws IOException {
        assertThat(PluginJar.read(jar(PluginJar.DESCRIPTOR, "{\"id\": \"some\"}"))
                        .id())
                .isEqualTo("some");
    }

    @Test
    void jarWithoutADescriptorIsRefused() throws IOException {
        Path jar = jar("other.json", "{}");
        assertThatThrownBy(() -> PluginJar.read(jar))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("some.jar")
                .hasMessageContaining("it has no META-INF/plugin.json");
    }

    @Test
    void descriptorThatIsNoJsonIsRefused() throws IOException {
        Path jar = jar(PluginJar.DESCRIPTOR, "id: some");
        assertThatThrownBy(() -> PluginJar.read(jar))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("cannot be read");
    }

    private static PluginJar on(Path... entries) throws IOException {
        URL[] urls = new URL[entries.length];
        for (int i = 0; i < entries.length; i++) {
            urls[i] = entries[i].toUri().toURL();
        }
        try (URLClassLoader classPath = new URLClassLoader(urls, null)) {
            return PluginJar.on(classPath);
        }
    }

    private Path classes() throws IOException {
        Path classes = directory.resolve("classes");
        Files.createDirectories(classes.resolve("META-INF"));
        Files.createDirectories(classes.resolve("example"));
        Files.writeString(classes.resolve("example/Main.class"), "code");
        Files.writeString(classes.resolve(PluginJar.DESCRIPTOR), "{\"id\": \"classes\"}");
        return classes;
    }

    @Test
    void jarOnTheClassPathIsTakenAsItIs() throws IOException {
        Path jar = jar(PluginJar.DESCRIPTOR, "{\"id\": \"some\"}");
        PluginJar found = on(jar);
        assertThat(found.id()).isEqualTo("some");
        assertThat(found.packedHere()).isFalse();
        assertThat(found.bytes()).isEqualTo(Files.readAllBytes(jar));
    }

    @Test
    void directoryOfClassesIsPacked() throws IOException {
        PluginJar found = on(classes());
        assertThat(found.id()).isEqualTo("classes");
        assertThat(found.packedHere()).isTrue();
        Path packed = Files.write(directory.resolve("packed.jar"), found.bytes());
        try (ZipFile zip = new ZipFile(packed.toFile())) {
            assertThat(zip.stream().map(ZipEntry::getName))
                    .containsExactly("META-INF/plugin.json", "example/Main.class");
        }
    }

    @Test
    void classPathWithoutADescriptorIsRefused() {
        assertThatThrownBy(() -> on(directory))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("src/main/resources");
    }

    @Test
    void classPathWithTwoPluginsIsRefused() throws IOException {
        Path jar = jar(PluginJar.DESCRIPTOR, "{\"id\": \"some\"}");
        Path classes = classes();
        assertThatThrownBy(() -> on(jar, classes))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("some.jar")
                .hasMessageContaining("classes/")
                .hasMessageContaining("PluginHarness.ofJar");
    }
}
