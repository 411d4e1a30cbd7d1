package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.PullImageCmd;
import com.github.dockerjava.api.model.AuthConfig;
import com.github.dockerjava.api.model.PullResponseItem;
import io.factotum.scripts.executor.NeverBegunException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pulls images, each once however many runs wait for it. */
final class ImagePull {

    private static final Logger LOG = LoggerFactory.getLogger(ImagePull.class);
    private static final long PROGRESS_NANOS = Duration.ofSeconds(10).toNanos();

    private final DockerEngine engine;
    private final Duration timeout;
    private final RegistryCredentials credentials;
    private final Map<String, Future<Void>> underWay = new ConcurrentHashMap<>();

    ImagePull(DockerEngine engine, Pulls pulls) {
        this.engine = engine;
        this.timeout = pulls.timeout();
        this.credentials = new RegistryCredentials(pulls.configDirectory());
    }

    /** Completes when the image is there. Fails with {@link NeverBegunException} {@code image_unavailable}. */
    Future<Void> pull(String image) {
        Future<Void> pull = underWay.computeIfAbsent(image, this::start);
        return pull.onComplete(done -> underWay.remove(image, pull));
    }

    private Future<Void> start(String image) {
        LOG.info("Pulling image={}", image);
        ImageName name = new ImageName(image);
        return engine.blocking(() -> credentials.of(name))
                .compose(known -> stream(name, known))
                .onSuccess(v -> LOG.info("Pulled image={}", image))
                .recover(cause -> Future.failedFuture(unavailable(image, cause)));
    }

    private Future<Void> stream(ImageName name, Optional<AuthConfig> auth) {
        Progress progress = new Progress(name.text());
        ContainerStream<PullResponseItem> stream = engine.stream(progress::item, (client, self) -> {
            PullImageCmd pull = client.pullImageCmd(name.repository()).withTag(name.tag());
            auth.ifPresent(pull::withAuthConfig);
            pull.exec(self);
        });
        return stream.ended()
                .compose(v -> progress.outcome())
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onFailure(cause -> stream.close());
    }

    /** What is said of an image that may not be pulled. */
    static NeverBegunException notAllowed(String image, Throwable cause) {
        return new NeverBegunException(
                "image_unavailable",
                "Cannot run in image '" + image
                        + "': the engine has not got it, and docker.pull-policy is never. Pull it on"
                        + " the engine by hand, or set docker.pull-policy to missing.",
                cause);
    }

    private NeverBegunException unavailable(String image, Throwable cause) {
        String reason =
                cause instanceof TimeoutException ? "pulling it took longer than " + timeout : EngineFault.words(cause);
        return new NeverBegunException(
                "image_unavailable",
                "Cannot pull image '" + image + "': " + reason
                        + ". Pull it on the engine by hand, log in to its registry with docker login, or correct the"
                        + " name in the list of languages.",
                cause);
    }

    /** Logs now and then how far a pull is, and keeps the error that the stream may carry. */
    private static final class Progress {

        private final String image;
        private final AtomicReference<@Nullable String> error = new AtomicReference<>();
        private long nextLog = System.nanoTime() + PROGRESS_NANOS;

        Progress(String image) {
            this.image = image;
        }

        void item(PullResponseItem item) {
            if (item.isErrorIndicated()) {
                String detail = item.getErrorDetail() == null
                        ? null
                        : item.getErrorDetail().getMessage();
                error.set(detail != null ? detail : "the engine gives no reason");
            } else if (System.nanoTime() - nextLog > 0) {
                nextLog = System.nanoTime() + PROGRESS_NANOS;
                LOG.info("Pulling image={} layer={} status={}", image, item.getId(), item.getStatus());
            }
        }

        Future<Void> outcome() {
            String reason = error.get();
            return reason == null ? Future.succeededFuture() : Future.failedFuture(reason);
        }
    }
}
