package io.factotum.host.storage;

import io.vertx.core.Future;
import io.vertx.core.Vertx;
import io.vertx.core.WorkerExecutor;
import io.vertx.pgclient.PgConnectOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.ProcessBuilder.Redirect;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Base64;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A real PostgreSQL of the host's own, for laptops and tests: its data is kept from run to run, on loopback, behind a
 * password made at first start.
 *
 * <p>It outlives a host that is killed; the next host finds it by its remembered port and takes it over. It is started
 * again if it dies while the host runs.
 */
public final class EmbeddedPostgres {

    private static final Logger LOG = LoggerFactory.getLogger(EmbeddedPostgres.class);
    private static final Duration LOOK = Duration.ofSeconds(1);

    private final Vertx vertx;
    private final WorkerExecutor worker;
    private final Path directory;
    private final Path cluster;
    private io.zonky.test.db.postgres.embedded.@Nullable EmbeddedPostgres server;
    private int port;
    private String password = "";
    private boolean closing;
    private long timer = -1;

    /** Below that directory, which is made if it is not there. */
    public EmbeddedPostgres(Vertx vertx, Path directory) {
        this.vertx = vertx;
        this.worker = vertx.createSharedWorkerExecutor("embedded-postgres", 1, 5, TimeUnit.MINUTES);
        this.directory = directory.toAbsolutePath();
        this.cluster = this.directory.resolve("cluster");
    }

    /** Starts it, or takes over one that still runs; completes with how to connect. */
    public Future<PgConnectOptions> start() {
        return worker.executeBlocking(() -> {
                    startServer();
                    return connectOptions();
                })
                .onSuccess(options -> timer = vertx.setPeriodic(LOOK.toMillis(), id -> reviveIfDead()));
    }

    /** Stops it. */
    public Future<Void> close() {
        vertx.cancelTimer(timer);
        return worker.<Void>executeBlocking(() -> {
                    closing = true;
                    if (server != null) {
                        server.close();
                    }
                    return null;
                })
                .eventually(worker::close);
    }

    /** The process id of its first process, as long as it runs. */
    public long processId() throws IOException {
        return Long.parseLong(
                Files.readAllLines(cluster.resolve("postmaster.pid")).get(0).strip());
    }

    private void reviveIfDead() {
        worker.<Void>executeBlocking(() -> {
                    if (!closing && !isAlive()) {
                        LOG.warn("The embedded PostgreSQL in {} has ended; starting it again", cluster);
                        if (server != null) {
                            server.close();
                        }
                        startServer();
                    }
                    return null;
                })
                .onFailure(failure -> LOG.error("Cannot start the embedded PostgreSQL again; trying again", failure));
    }

    private boolean isAlive() {
        try {
            return ProcessHandle.of(processId()).map(ProcessHandle::isAlive).orElse(false);
        } catch (IOException | RuntimeException noPidFile) {
            return false;
        }
    }

    private void startServer() throws IOException, SQLException {
        Files.createDirectories(cluster);
        port = Integer.parseInt(remembered("port", () -> Integer.toString(freePort())));
        if (!isAlive() && !isFree(port)) {
            LOG.warn("Port {} of the embedded PostgreSQL is taken by another program; choosing another", port);
            Files.delete(directory.resolve("port"));
            port = Integer.parseInt(remembered("port", () -> Integer.toString(freePort())));
        }
        password = remembered("password", EmbeddedPostgres::newPassword);
        boolean first = !Files.exists(cluster.resolve("postgresql.conf"));
        if (first) {
            LOG.info("Making an embedded PostgreSQL in {}; the first start takes some seconds", cluster);
        }
        Path log = directory.resolve("postgresql.log");
        var builder = io.zonky.test.db.postgres.embedded.EmbeddedPostgres.builder()
                .setOverrideWorkingDirectory(directory.resolve("binaries").toFile())
                .setDataDirectory(cluster)
                .setCleanDataDirectory(false)
                .setRegisterShutdownHook(false)
                .setPort(port)
                .setConnectConfig("password", password)
                .setPGStartupWait(Duration.ofMinutes(2))
                .setOutputRedirector(Redirect.appendTo(log.toFile()))
                .setErrorRedirector(Redirect.appendTo(log.toFile()))
                // The library turns durability off, as its users only test; here it holds people's data.
                .setServerConfig("fsync", "on")
                .setServerConfig("synchronous_commit", "on")
                .setServerConfig("full_page_writes", "on")
                .setServerConfig(
                        "listen_addresses", InetAddress.getLoopbackAddress().getHostAddress())
                .setServerConfig("max_connections", "60");
        server = builder.start();
        demandPassword();
    }

    /** The library makes a server that trusts whoever connects: from now on the password is asked for. */
    private void demandPassword() throws IOException, SQLException {
        Path access = cluster.resolve("pg_hba.conf");
        String wanted = "local all all scram-sha-256\nhost all all 127.0.0.1/32 scram-sha-256\n"
                + "host all all ::1/128 scram-sha-256\n";
        if (Files.readString(access).equals(wanted) || server == null) {
            return;
        }
        try (Connection connection = server.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER ROLE postgres PASSWORD '" + password + "'");
            Files.writeString(access, wanted);
            statement.execute("SELECT pg_reload_conf()");
        }
    }

    private PgConnectOptions connectOptions() {
        return new PgConnectOptions()
                .setHost(InetAddress.getLoopbackAddress().getHostAddress())
                .setPort(port)
                .setDatabase("postgres")
                .setUser("postgres")
                .setPassword(password);
    }

    private String remembered(String name, Supplier<String> first) throws IOException {
        Path file = directory.resolve(name);
        if (!Files.exists(file) || Files.size(file) == 0) {
            Files.deleteIfExists(file);
            Files.createFile(file, PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
            Files.writeString(file, first.get());
        }
        return Files.readString(file).strip();
    }

    private static int freePort() {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        } catch (IOException failure) {
            throw new UncheckedIOException(failure);
        }
    }

    private static boolean isFree(int port) {
        try (ServerSocket socket = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
            return socket.isBound();
        } catch (IOException taken) {
            return false;
        }
    }

    private static String newPassword() {
        byte[] bytes = new byte[24];
        new SecureRandom().nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }
}
