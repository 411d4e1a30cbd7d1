package io.factotum.host.plugin;

import io.factotum.api.config.ConfigException;
import io.factotum.api.config.ConfigReader;
import io.factotum.host.config.ConfigFile;
import io.factotum.host.plugin.trust.TrustConfig;
import io.factotum.host.plugin.trust.TrustPolicy;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The program {@code bin/plugin verify}: tells whether a host like this one would take a jar, without a host. */
public final class VerifyCommand {

    static final int GOOD = 0;
    static final int FAULTY = 1;
    static final int UNUSABLE = 2;

    private static final String USAGE = """
            Usage: bin/plugin verify [--config <file>] [--trust] [--host-config <file>] <jar>

              --config <file>       also the plugin's configuration, by the schema in the jar
              --trust               also by the trust policy of the host's configuration: the checksum or signature beside the jar
              --host-config <file>  which configuration that is: conf/host.yaml if nothing is said

            Exits with 0 if the jar is good, 1 if anything is wrong with it, 2 if that could not be found out.
            """;

    private VerifyCommand() {}

    /** What was asked for on the command line. */
    private record Options(
            Path jar,
            @Nullable Path config,
            boolean trust,
            Path home,
            @Nullable Path hostConfig) {

        static Options parse(String... arguments) {
            Path jar = null;
            Path home = Path.of("");
            Path config = null;
            Path hostConfig = null;
            boolean trust = false;
            for (int i = 0; i < arguments.length; i++) {
                String argument = arguments[i];
                boolean hasValue = i + 1 < arguments.length;
                if (argument.equals("--trust")) {
                    trust = true;
                } else if (argument.equals("--config") && hasValue) {
                    config = existing(arguments[++i]);
                } else if (argument.equals("--host-config") && hasValue) {
                    hostConfig = existing(arguments[++i]);
                } else if (argument.equals("--home") && hasValue) {
                    home = Path.of(arguments[++i]);
                } else if (argument.startsWith("-") || jar != null) {
                    throw new IllegalArgumentException("Cannot use argument '%s'.".formatted(argument));
                } else {
                    jar = Path.of(argument);
                }
            }
            if (jar == null) {
                throw new IllegalArgumentException("Cannot verify: no jar is named.");
            }
            return new Options(jar, config, trust, home, hostConfig);
        }

        private static Path existing(String file) {
            if (!Files.exists(Path.of(file))) {
                throw new IllegalArgumentException(
                        "Cannot read configuration '%s': there is no such file.".formatted(file));
            }
            return Path.of(file);
        }

        /** Of the host's configuration, only what is asked of jars; the rest may refer to secrets that are not here. */
        TrustPolicy policy() {
            if (!trust) {
                return TrustPolicy.NONE;
            }
            Path file =
                    hostConfig == null ? existing(home.resolve("conf/host.yaml").toString()) : hostConfig;
            JsonObject plugins = ConfigFile.readUnresolved(file).getValue("plugins") instanceof JsonObject section
                    ? section
                    : new JsonObject();
            JsonObject asked = new JsonObject();
            Stream.of("trust", "trusted-keys")
                    .filter(plugins::containsKey)
                    .forEach(key -> asked.put(key, plugins.getValue(key)));
            ConfigReader reader = new ConfigReader(file.toString(), new JsonObject().put("plugins", asked));
            TrustPolicy policy = TrustConfig.read(reader, home);
            reader.finish();
            return policy;
        }
    }

    /** Verifies one jar and exits. */
    public static void main(String[] arguments) {
        System.exit(run(System.out, System.err, arguments));
    }

    static int run(PrintStream out, PrintStream err, String... arguments) {
        if (List.of(arguments).contains("--help")) {
            out.print(USAGE);
            return GOOD;
        }
        try {
            Options options = Options.parse(arguments);
            if (!Files.isRegularFile(options.jar())) {
                throw new IllegalArgumentException("Cannot read '%s': there is no such file.".formatted(options.jar()));
            }
            return tell(options.jar(), verify(options), out);
        } catch (IllegalArgumentException unusable) {
            err.println(unusable.getMessage());
            err.print(USAGE);
        } catch (ConfigException | IOException unusable) {
            err.println("Cannot verify: " + unusable.getMessage());
        }
        return UNUSABLE;
    }

    private static JarVerifier.Verdict verify(Options options) throws IOException {
        HostVersions host = HostVersions.current();
        Path work = Files.createTempDirectory("factotum-verify");
        try {
            JarStager stager = new JarStager(work, host, options.policy());
            stager.open();
            return new JarVerifier(stager, host).verify(options.jar(), options.config());
        } finally {
            remove(work);
        }
    }

    private static void remove(Path directory) throws IOException {
        try (DirectoryStream<Path> entries = Files.newDirectoryStream(directory)) {
            for (Path entry : entries) {
                if (Files.isDirectory(entry)) {
                    remove(entry);
                } else {
                    Files.delete(entry);
                }
            }
        }
        Files.delete(directory);
    }

    private static int tell(Path jar, JarVerifier.Verdict verdict, PrintStream out) {
        List<String> faults = verdict.faults();
        JarContents contents = verdict.contents();
        if (contents == null || !faults.isEmpty()) {
            faults.forEach(fault -> out.println("%s: %s".formatted(jar, fault.replaceAll("\\s*\\R\\s*", " "))));
            return FAULTY;
        }
        out.printf("id       %s%n", contents.descriptor().id());
        out.printf("version  %s%n", contents.descriptor().version());
        out.printf("api      %s%n", contents.descriptor().api());
        out.printf("sha256   %s%n", verdict.sha256());
        return GOOD;
    }
}
