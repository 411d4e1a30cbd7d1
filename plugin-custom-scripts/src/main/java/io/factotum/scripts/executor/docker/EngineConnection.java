package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.model.Version;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.core.RemoteApiVersion;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.zerodep.ZerodepDockerHttpClient;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The clients of one engine: one for calls that are soon answered, one for those that answer as long as a script runs.
 *
 * @param calls gives up on an engine that no longer answers, so that no thread waits for ever
 * @param streams waits without limit
 */
record EngineConnection(DockerClient calls, DockerClient streams) {

    // The newest API that docker-java knows. Older engines name theirs, and newer ones still speak this.
    private static final RemoteApiVersion NEWEST = RemoteApiVersion.VERSION_1_44;
    private static final Duration CONNECT_TIMEOUT = Duration.ofSeconds(10);
    private static final Duration CALL_TIMEOUT = Duration.ofMinutes(2);

    /** Finds out what the engine speaks, and warms the clients by it. Blocks. */
    static EngineConnection open(DefaultDockerClientConfig.Builder config) {
        DockerClientConfig unversioned = config.withApiVersion((String) null).build();
        DockerHttpClient calls = http(unversioned, CALL_TIMEOUT);
        DockerHttpClient streams = http(unversioned, null);
        Version engine =
                DockerClientImpl.getInstance(unversioned, calls).versionCmd().exec();
        DockerClientConfig stated = config.withApiVersion(common(engine)).build();
        return new EngineConnection(
                DockerClientImpl.getInstance(stated, calls), DockerClientImpl.getInstance(stated, streams));
    }

    void close() throws IOException {
        calls.close();
        streams.close();
    }

    private static RemoteApiVersion common(Version engine) {
        RemoteApiVersion newest = RemoteApiVersion.parseConfig(engine.getApiVersion());
        if (NEWEST.isGreaterOrEqual(newest)) {
            return newest;
        }
        String oldest = Objects.requireNonNullElse(engine.getMinAPIVersion(), NEWEST.getVersion());
        RemoteApiVersion least = RemoteApiVersion.parseConfig(oldest);
        return least.isGreater(NEWEST) ? least : NEWEST;
    }

    private static DockerHttpClient http(DockerClientConfig config, @Nullable Duration responseTimeout) {
        return new ZerodepDockerHttpClient.Builder()
                .dockerHost(config.getDockerHost())
                .sslConfig(config.getSSLConfig())
                .connectionTimeout(CONNECT_TIMEOUT)
                .responseTimeout(responseTimeout)
                .build();
    }
}
