package io.factotum.host.plugin;

import io.factotum.api.Plugin;
import io.factotum.api.config.ConfigException;
import io.factotum.host.plugin.JarStager.Copy;
import java.io.IOException;
import java.lang.reflect.Modifier;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Looks for all that would keep a host from loading a jar, with what the host itself looks with. Runs none of the jar's code. */
final class JarVerifier {

    /**
     * What was found out.
     *
     * @param contents null if the jar is not whole, or says something wrong of itself
     * @param faults everything that is wrong with it
     */
    record Verdict(String sha256, @Nullable JarContents contents, List<String> faults) {}

    private final JarStager stager;
    private final HostVersions host;

    JarVerifier(JarStager stager, HostVersions host) {
        this.stager = stager;
        this.host = host;
    }

    /**
     * Blocks.
     *
     * @param config the plugin's configuration, to be held against its schema; null to look at the jar alone
     */
    Verdict verify(Path jar, @Nullable Path config) throws IOException {
        Copy copy = stager.copy(jar, jar);
        try {
            List<String> faults = new ArrayList<>();
            stager.objection(copy).ifPresent(faults::add);
            JarContents contents = contents(copy.part(), faults);
            if (contents != null && config != null) {
                checkConfig(config, contents.jar(jar.toString(), copy.part(), copy.sha256()), faults);
            }
            return new Verdict(copy.sha256(), contents, faults);
        } finally {
            stager.discard(copy);
        }
    }

    private @Nullable JarContents contents(Path jar, List<String> faults) {
        try {
            JarContents.Inspection inspection = JarContents.inspect(jar, host);
            faults.addAll(inspection.faults());
            PluginDescriptor descriptor = inspection.descriptor();
            if (descriptor != null && !descriptor.main().isEmpty()) {
                checkMain(jar, descriptor.main(), faults);
            }
            return inspection.contents();
        } catch (IOException broken) {
            faults.add("Cannot read the jar: %s. Expected a whole zip file.".formatted(broken.getMessage()));
            return null;
        }
    }

    private static void checkConfig(Path config, StagedJar jar, List<String> faults) {
        try {
            PluginConfig.read(config, jar);
        } catch (ConfigException unusable) {
            String.valueOf(unusable.getMessage()).lines().forEach(faults::add);
        }
    }

    private static void checkMain(Path jar, String name, List<String> faults) throws IOException {
        try (PluginClassLoader loader = new PluginClassLoader(name, jar, Plugin.class.getClassLoader())) {
            Class<?> main = loader.findMain(name);
            if (!Modifier.isPublic(main.getModifiers()) || Modifier.isAbstract(main.getModifiers())) {
                faults.add("Cannot make main class '%s': it is not public, or abstract. Expected a public class."
                        .formatted(name));
            }
            if (Stream.of(main.getConstructors()).noneMatch(constructor -> constructor.getParameterCount() == 0)) {
                faults.add(
                        "Cannot make main class '%s': it has no public constructor without arguments.".formatted(name));
            }
        } catch (ClassNotFoundException missing) {
            faults.add("Cannot find main class '%s': the jar has no such class.".formatted(name));
        } catch (ClassCastException notOne) {
            faults.add("Cannot use main class '%s': %s.".formatted(name, notOne.getMessage()));
        } catch (LinkageError unusable) {
            faults.add("Cannot load main class '%s': %s. What it needs must be in the jar, or lent by the host."
                    .formatted(name, unusable));
        }
    }
}
