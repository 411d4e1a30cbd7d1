package io.factotum.host.plugin;

import static org.assertj.core.api.Assertions.assertThat;

import io.factotum.host.plugin.JarStager.Copy;
import io.factotum.host.plugin.trust.TrustPolicy;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The jar that the build itself drops: large, shaded, and to be loaded like any other. */
class CustomScriptsJarIT {

    private static final Path JAR = Path.of("..", "plugins-dir", "custom-scripts.jar");

    @Test
    void theCustomScriptsJarIsStagedWhole(@TempDir Path work) throws Exception {
        JarStager stager = new JarStager(work, HostVersions.current(), TrustPolicy.NONE);
        stager.open();

        Copy copy = stager.copy(JAR, JAR);
        StagedJar jar = stager.accept("custom-scripts.jar", copy);

        assertThat(jar.descriptor().id()).isEqualTo("custom-scripts");
        assertThat(Files.size(jar.copy())).isEqualTo(Files.size(JAR));
    }

    @Test
    void itsMainClassIsLoadedThroughThePluginClassLoader(@TempDir Path work) throws Exception {
        JarStager stager = new JarStager(work, HostVersions.current(), TrustPolicy.NONE);
        stager.open();
        StagedJar jar = stager.accept("custom-scripts.jar", stager.copy(JAR, JAR));

        try (PluginClassLoader loader =
                new PluginClassLoader(jar.label(), jar.copy(), getClass().getClassLoader())) {
            assertThat(loader.loadClass("com.github.dockerjava.api.DockerClient")
                            .getClassLoader())
                    .isSameAs(loader);
            assertThat(loader.loadClass("com.fasterxml.jackson.databind.ObjectMapper")
                            .getClassLoader())
                    .isSameAs(loader);
            assertThat(io.factotum.api.Plugin.class)
                    .isAssignableFrom(loader.loadClass(jar.descriptor().main()));
        }
    }
}
