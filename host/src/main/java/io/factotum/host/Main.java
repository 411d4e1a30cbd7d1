package io.factotum.host;

import io.factotum.api.config.ConfigException;
import io.factotum.api.config.ConfigReader;
import io.factotum.host.config.ConfigFile;
import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.json.JsonObject;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The program: {@code Main [--demo] [--config <file>]}, started in the installation's directory. */
public final class Main {

    private static final Logger LOG = LoggerFactory.getLogger(Main.class);
    private static final Duration STOP = Duration.ofSeconds(40);
    private static final String USAGE = "Usage: bin/run [--demo] [--config <file>]";

    private Main() {}

    /** What was asked for on the command line. */
    private record Options(boolean demo, Path config) {

        static Options parse(String[] arguments) {
            boolean demo = false;
            Path config = Path.of("conf/host.yaml");
            for (int i = 0; i < arguments.length; i++) {
                if (arguments[i].equals("--demo")) {
                    demo = true;
                } else if (arguments[i].equals("--config") && i + 1 < arguments.length) {
                    config = Path.of(arguments[++i]);
                    if (!Files.exists(config)) {
                        throw new IllegalArgumentException(
                                "Cannot read configuration '%s': there is no such file.".formatted(config));
                    }
                } else {
                    throw new IllegalArgumentException("Cannot use argument '%s'. %s".formatted(arguments[i], USAGE));
                }
            }
            return new Options(demo, config);
        }
    }

    /** Runs until it is told to stop; exits with 2 if it cannot be used as it is configured, with 1 if it cannot start. */
    public static void main(String[] arguments) {
        Options options;
        HostConfig config;
        try {
            options = Options.parse(arguments);
            config = readConfig(options.config());
        } catch (IllegalArgumentException | ConfigException unusable) {
            System.err.println(unusable.getMessage());
            System.exit(2);
            return;
        }
        try {
            run(config, options.demo());
        } catch (Exception failure) {
            LOG.error("Cannot start the host: {}", failure.getMessage(), failure);
            System.exit(1);
        }
    }

    private static HostConfig readConfig(Path file) {
        JsonObject json = ConfigFile.read(file);
        return HostConfig.read(new ConfigReader(file.toString(), json), Path.of(""));
    }

    private static void run(HostConfig config, boolean demo) throws IOException, TimeoutException {
        DataDirectory data = DataDirectory.take(config.dataDirectory());
        Vertx vertx = HostVertx.create();
        Host host = new Host(vertx, config, data);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> stop(host, vertx), "shutdown"));
        Host.Address address = await(onContext(vertx, host), Duration.ofMinutes(5));
        greet(address, config);
        if (demo) {
            new Demo(address).run();
        }
    }

    private static Future<Host.Address> onContext(Vertx vertx, Host host) {
        return Future.future(promise -> vertx.runOnContext(now -> host.start().onComplete(promise)));
    }

    private static <T> T await(Future<T> future, Duration most) throws TimeoutException {
        return future.await(most.toMillis(), TimeUnit.MILLISECONDS);
    }

    private static void stop(Host host, Vertx vertx) {
        try {
            LOG.info("Stopping; scripts that run go on and are taken up at the next start");
            await(
                    Future.<Void>future(promise ->
                                    vertx.runOnContext(now -> host.stop().onComplete(promise)))
                            .eventually(vertx::close),
                    STOP);
        } catch (TimeoutException | RuntimeException failure) {
            LOG.warn("Cannot stop in order: {}", failure.toString());
        }
    }

    private static void greet(Host.Address address, HostConfig config) {
        String token = address.adminToken();
        String api = address.url() + "/api/v1";
        List<String> lines = List.of(
                "",
                "Factotum is ready.",
                "",
                "  API          " + api,
                "  Admin token  " + token,
                "               (kept in " + config.dataDirectory().resolve("admin-token") + ")",
                "",
                "Try:",
                "",
                "  curl -s -H 'Authorization: Bearer %s' %s/offerings".formatted(token, api),
                "",
                "  curl -s -H 'Authorization: Bearer %s' -H 'Content-Type: application/json' \\".formatted(token),
                "       -d '{\"offering\": \"sqlite-database\", \"name\": \"my first\", \"plan\": \"small\"}' %s/resources"
                        .formatted(api),
                "",
                "  curl -s -H 'Authorization: Bearer %s' %s/runs".formatted(token, api),
                "");
        lines.forEach(System.out::println);
    }
}
