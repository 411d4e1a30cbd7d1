package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import io.factotum.scripts.executor.RunSpec;
import io.vertx.core.Future;
import java.util.regex.Pattern;

/** Makes containers, with the image, the volumes and the sandbox that they need. */
final class ContainerMaker {

    private static final Pattern IMAGE_MISSING = Pattern.compile("(?i)no such image|image not known");

    private final DockerEngine engine;
    private final Sandboxes sandboxes;
    private final ImagePull images;
    private final PullPolicy policy;
    private final VolumeOwner volumes;

    ContainerMaker(DockerEngine engine, DockerSettings settings, Sandboxes sandboxes) {
        this.engine = engine;
        this.sandboxes = sandboxes;
        this.images = new ImagePull(engine, settings.pulls());
        this.policy = settings.pulls().policy();
        this.volumes = new VolumeOwner(engine, settings);
    }

    /** How one is made that has this network. */
    interface Filling {
        CreateContainerCmd fill(CreateContainerCmd create, Sandboxes.Lent sandbox);
    }

    /** What was made. */
    record Made(String id, Sandboxes.Lent sandbox) {}

    Future<Made> make(RunSpec spec, Filling filling) {
        return (policy == PullPolicy.ALWAYS ? images.pull(spec.image()) : Future.<Void>succeededFuture())
                .compose(v -> makeOnce(spec, filling))
                .recover(cause -> isImageMissing(cause)
                        ? pullMissing(spec.image(), cause).compose(v -> makeOnce(spec, filling))
                        : Future.failedFuture(cause));
    }

    private Future<Made> makeOnce(RunSpec spec, Filling filling) {
        return volumes.prepared(spec.image()).compose(v -> sandboxes.lend(spec)).compose(sandbox -> engine.create(
                        spec.image(), create -> filling.fill(create, sandbox))
                .map(id -> new Made(id, sandbox)));
    }

    private Future<Void> pullMissing(String image, Throwable cause) {
        return policy == PullPolicy.NEVER
                ? Future.failedFuture(ImagePull.notAllowed(image, cause))
                : images.pull(image);
    }

    private static boolean isImageMissing(Throwable cause) {
        return EngineFault.status(cause) == 404
                && IMAGE_MISSING.matcher(EngineFault.words(cause)).find();
    }
}
