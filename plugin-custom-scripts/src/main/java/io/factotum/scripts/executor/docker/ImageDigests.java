package io.factotum.scripts.executor.docker;

import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/** What images are called for good: a tag may stand for another image tomorrow. */
final class ImageDigests {

    private final DockerEngine engine;
    private final Map<String, Future<List<String>>> known = new ConcurrentHashMap<>();

    ImageDigests(DockerEngine engine) {
        this.engine = engine;
    }

    /**
     * {@code name@digest} for an image that came from a registry, else the image's own id. The engine is asked once for
     * each image.
     *
     * @param id by which a container names the image that it was made of
     * @param name by which it was asked for
     */
    Future<String> of(String id, ImageName name) {
        Future<List<String>> digests = known.computeIfAbsent(id, engine::imageDigests);
        return digests.onFailure(cause -> known.remove(id, digests)).map(all -> choose(all, name, id));
    }

    // One image may have come under several names.
    private static String choose(List<String> digests, ImageName name, String id) {
        return digests.stream()
                .filter(digest -> digest.startsWith(name.repository() + "@"))
                .findFirst()
                .or(() -> digests.stream().sorted().findFirst())
                .orElse(id);
    }
}
