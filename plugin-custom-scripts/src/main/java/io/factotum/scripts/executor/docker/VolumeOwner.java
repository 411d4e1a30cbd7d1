package io.factotum.scripts.executor.docker;

import com.github.dockerjava.api.command.CreateContainerCmd;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Capability;
import com.github.dockerjava.api.model.HostConfig;
import io.factotum.scripts.executor.NeverBegunException;
import io.factotum.scripts.executor.RunTry;
import io.vertx.core.Future;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Makes the operator's volumes that are not there yet, and gives them to the user that runs have.
 *
 * <p>The engine would make them root's, and then no script that is not root could keep anything in them. A volume that
 * is there stays as it is, and so do directories of the engine's machine.
 */
final class VolumeOwner {

    private static final Logger LOG = LoggerFactory.getLogger(VolumeOwner.class);
    private static final Pattern READ_ONLY = Pattern.compile(".*:ro");
    private static final String MOUNT = "/volume";

    private final DockerEngine engine;
    private final DockerSettings settings;
    private final List<String> names;
    private @Nullable Future<Void> prepared;

    VolumeOwner(DockerEngine engine, DockerSettings settings) {
        this.engine = engine;
        this.settings = settings;
        this.names = settings.volumes().stream()
                .filter(volume ->
                        !volume.startsWith("/") && !READ_ONLY.matcher(volume).matches())
                .map(volume -> volume.substring(0, volume.indexOf(':')))
                .toList();
    }

    /** Completes when each is there; looks once. Fails as the engine does, so also if it has not got the image. */
    synchronized Future<Void> prepared(String image) {
        Future<Void> known = prepared;
        if (known == null || known.failed()) {
            Future<Void> all = Future.succeededFuture();
            for (String name : names) {
                all = all.compose(v -> engine.hasVolume(name))
                        .compose(there -> there ? Future.succeededFuture() : make(name, image));
            }
            known = all;
            prepared = known;
        }
        return known;
    }

    private Future<Void> make(String volume, String image) {
        UUID nobodys = UUID.randomUUID();
        return engine.create(image, create -> recipe(create, volume, nobodys)).compose(id -> engine.start(id)
                .compose(v -> engine.awaitEnd(id))
                .compose(code -> code == 0 ? Future.succeededFuture() : notGiven(volume, image, code))
                .onSuccess(v -> LOG.info("Made volume={} for user={}", volume, settings.volumeOwner()))
                .eventually(() -> engine.remove(id))
                // Else the next look would find it, and find nothing wrong.
                .recover(cause -> engine.removeVolume(volume).transform(removed -> Future.<Void>failedFuture(cause))));
    }

    // With a run's name: if this host is killed, the sweep takes it away as what no run owns.
    private CreateContainerCmd recipe(CreateContainerCmd create, String volume, UUID nobodys) {
        return create.withName(ContainerRecipe.name(RunTry.first(nobodys)))
                .withLabels(Map.of(
                        ContainerRecipe.INSTALL_LABEL,
                        settings.installId(),
                        ContainerRecipe.RUN_LABEL,
                        nobodys.toString()))
                .withUser("0:0")
                .withEntrypoint("chown")
                .withCmd(settings.volumeOwner(), MOUNT)
                .withHostConfig(HostConfig.newHostConfig()
                        .withNetworkMode("none")
                        .withCapDrop(Capability.ALL)
                        .withCapAdd(Capability.CHOWN)
                        .withSecurityOpts(List.of("no-new-privileges"))
                        .withReadonlyRootfs(true)
                        .withBinds(Bind.parse(volume + ":" + MOUNT)));
    }

    private Future<Void> notGiven(String volume, String image, int code) {
        String message =
                "Cannot give volume '%s' to user '%s': chown of image '%s' ended with %d. Make the volume by hand"
                        + " and give it to that user, or take it out of docker.volumes.";
        return Future.failedFuture(new NeverBegunException(
                "volume_unavailable",
                message.formatted(volume, settings.volumeOwner(), image, code),
                new IllegalStateException("chown failed")));
    }
}
