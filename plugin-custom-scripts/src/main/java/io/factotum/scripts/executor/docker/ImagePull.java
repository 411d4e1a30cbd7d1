package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.model.PullResponseItem;
import io.factotum.scripts.executor.NeverBegunException;
import io.vertx.core.Future;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Pulls images that are missing, each once however many runs wait for it. */
final class ImagePull {

    private static final Logger LOG = LoggerFactory.getLogger(ImagePull.class);
    private static final long PROGRESS_NANOS = Duration.ofSeconds(10).toNanos();

    private final DockerEngine engine;
    private final Duration timeout;
    private final Map<String, Future<Void>> underWay = new ConcurrentHashMap<>();

    ImagePull(DockerEngine engine, Duration timeout) {
        this.engine = engine;
        this.timeout = timeout;
    }

    /** Completes when the image is there. Fails with {@link NeverBegunException} {@code image_unavailable}. */
    Future<Void> pull(String image) {
        Future<Void> pull = underWay.computeIfAbsent(image, this::start);
        return pull.onComplete(done -> underWay.remove(image, pull));
    }

    private Future<Void> start(String image) {
        LOG.info("Pulling image={}", image);
        Progress progress = new Progress(image);
        ContainerStream<PullResponseItem> stream =
                engine.stream(progress::item, (client, self) -> client.pullImageCmd(repository(image))
                        .withTag(tag(image))
                        .exec(self));
        return stream.ended()
                .compose(v -> progress.outcome())
                .timeout(timeout.toMillis(), TimeUnit.MILLISECONDS)
                .onSuccess(v -> LOG.info("Pulled image={}", image))
                .recover(cause -> {
                    stream.close();
                    return Future.failedFuture(unavailable(image, cause));
                });
    }

    private NeverBegunException unavailable(String image, Throwable cause) {
        String reason =
                cause instanceof TimeoutException ? "pulling it took longer than " + timeout : EngineFault.words(cause);
        return new NeverBegunException(
                "image_unavailable",
                "Cannot pull image '" + image + "': " + reason
                        + ". Pull it on the engine by hand, or correct the name in the list of languages.",
                cause);
    }

    // A name without tag or digest would pull every tag there is. A colon before a slash belongs to a port.
    private static int tagColon(String image) {
        int colon = image.lastIndexOf(':');
        return colon > image.lastIndexOf('/') ? colon : -1;
    }

    private static String repository(String image) {
        int digest = image.indexOf('@');
        int colon = tagColon(image);
        return digest >= 0 ? image.substring(0, digest) : colon < 0 ? image : image.substring(0, colon);
    }

    private static String tag(String image) {
        int digest = image.indexOf('@');
        int colon = tagColon(image);
        return digest >= 0 ? image.substring(digest + 1) : colon < 0 ? "latest" : image.substring(colon + 1);
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
